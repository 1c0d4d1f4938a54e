// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same elements under another shape or order, or repeated.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static void setReshaped(Node &node, ShapeRef shape) {
  node.setResult(0, emitReshape(node, node.getInput(0), shape), node.getType(0));
}

void cnnc::importing::importIdentity(Node &node) { node.setResult(0, node.getInput(0), node.getType(0)); }

static void reshapeTo(Node &node, ShapeRef target, bool allowZero) {
  std::string reason;
  cnn::ShapeOr shape = cnn::inferReshape(node.getShape(0), target, allowZero, reason);
  if (failed(shape)) {
    node.error(reason);
    if (node.hasGivenShapes())
      node.notes.push_back("its shape is a constant of the model: where that holds the batch, --dim and --shape cannot "
                           "change it; export the network with a symbolic batch, or compile without the flag");
    return;
  }
  bool joinsImages = !target.empty() && target.front() == 1 && node.getRank(0) && node.getShape(0).front() > 1;
  if (joinsImages && node.hasGivenShapes())
    node.suspectBatch();
  setReshaped(node, *shape);
}

void cnnc::importing::importReshapeByAttribute(Node &node) {
  if (std::optional<Shape> target = node.getIntegers("shape"))
    reshapeTo(node, *target, /*allowZero=*/false);
  else
    node.error("requires an attribute shape");
}

void cnnc::importing::importReshape(Node &node) {
  if (std::optional<Shape> target = node.getConstantIntegers(1, "shape"))
    reshapeTo(node, *target, node.getInteger("allowzero", 0) != 0);
}

void cnnc::importing::importFlatten(Node &node) {
  int64_t rank = node.getRank(0), axis = node.getInteger("axis", 1);
  if (axis < -rank || axis > rank) {
    node.error("requires an axis in [" + llvm::Twine(-rank) + ", " + llvm::Twine(rank) + "], but found " +
               llvm::Twine(axis));
    return;
  }
  axis = axis < 0 ? axis + rank : axis;
  ShapeRef shape = node.getShape(0);
  setReshaped(node, {*cnn::getElementCount(shape.take_front(axis)), *cnn::getElementCount(shape.drop_front(axis))});
}

void cnnc::importing::importSqueeze(Node &node) {
  ShapeRef shape = node.getShape(0);
  std::optional<Shape> axes = node.getIntegersOf("axes", 1, 13);
  if (node.hasFailed())
    return;
  SmallVector<bool> drops(shape.size(), false);
  if (!axes)
    for (size_t i = 0; i < shape.size(); ++i)
      drops[i] = shape[i] == 1;
  for (int64_t axis : axes.value_or(Shape())) {
    std::optional<int64_t> normal = node.getAxis(axis, shape.size());
    if (!normal)
      return;
    if (shape[*normal] != 1) {
      node.error("requires extent 1 in dimension " + llvm::Twine(*normal) + ", but found " + cnn::toString(shape));
      return;
    }
    drops[*normal] = true;
  }
  Shape result;
  for (size_t i = 0; i < shape.size(); ++i)
    if (!drops[i])
      result.push_back(shape[i]);
  setReshaped(node, result);
}

void cnnc::importing::importUnsqueeze(Node &node) {
  ShapeRef shape = node.getShape(0);
  std::optional<Shape> axes = node.getIntegersOf("axes", 1, 13);
  if (!axes) {
    node.error("requires axes");
    return;
  }
  // No tensor has more dimensions than this; it bounds what follows.
  constexpr size_t kMaxRank = 64;
  int64_t rank = shape.size() + axes->size();
  if (axes->size() > kMaxRank) {
    node.error("requires at most " + llvm::Twine(kMaxRank) + " axes, but found " + llvm::Twine(axes->size()));
    return;
  }
  Shape result(rank, 0);
  for (int64_t axis : *axes) {
    std::optional<int64_t> normal = node.getAxis(axis, rank);
    if (!normal)
      return;
    if (result[*normal] == 1) {
      node.error("requires distinct axes, but found " + llvm::Twine(axis) + " twice");
      return;
    }
    result[*normal] = 1;
  }
  const int64_t *next = shape.begin();
  for (int64_t &extent : result)
    extent = extent == 1 ? 1 : *next++;
  setReshaped(node, result);
}

void cnnc::importing::importTranspose(Node &node) {
  Shape reversed(llvm::reverse(llvm::seq<int64_t>(0, node.getRank(0))));
  Shape permutation = node.getIntegers("perm").value_or(reversed);
  node.setResult(0, emitTranspose(node, node.getInput(0), permutation), node.getType(0));
}

static void setBroadcast(Node &node, Value input, ShapeRef shape, ShapeRef final) {
  Value result = getShape(input) == shape ? input : emitMap(node, input, getElement(input), getIdentity, false, shape);
  node.setResult(0, emitReshape(node, result, final), node.getType(0));
}

void cnnc::importing::importExpand(Node &node) {
  std::optional<Shape> target = node.getConstantIntegers(1, "shape");
  std::string reason;
  if (!target || failed(cnn::checkShape(*target, reason))) {
    node.error(reason);
    return;
  }
  cnn::ShapeOr shape = cnn::inferBroadcast(node.getShape(0), *target, reason);
  if (failed(shape))
    node.error(reason);
  else
    setBroadcast(node, node.getInput(0), *shape, *shape);
}

/// d0 x d1 repeated r0 x r1 times is 1 x d0 x 1 x d1 broadcast to r0 x d0 x r1 x d1.
void cnnc::importing::importTile(Node &node) {
  std::optional<Shape> repeats = node.getConstantIntegers(1, "repeats");
  if (!repeats)
    return;
  ShapeRef shape = node.getShape(0);
  if (repeats->size() != shape.size()) {
    node.error("requires " + llvm::Twine(shape.size()) + " repeats, but found " + llvm::Twine(repeats->size()));
    return;
  }
  Shape apart, broadcast, result;
  for (auto [extent, count] : llvm::zip(shape, *repeats)) {
    if (!node.checkBounds("repeats", count, 0))
      return;
    apart.append({1, extent});
    broadcast.append({count, extent});
    result.push_back(count * extent);
  }
  std::string reason;
  if (failed(cnn::checkShape(result, reason)) || failed(cnn::checkShape(broadcast, reason))) {
    node.error(reason);
    return;
  }
  setBroadcast(node, emitReshape(node, node.getInput(0), apart), broadcast, result);
}

static std::optional<int64_t> getBlock(Node &node) {
  int64_t block = node.getInteger("blocksize", 0);
  if (node.getRank(0) != 4)
    return node.error("requires an input of rank 4, but found " + cnn::toString(node.getShape(0)));
  if (block < 1 || block > 65536)
    return node.error("requires a positive blocksize, but found " + llvm::Twine(block));
  return block;
}

void cnnc::importing::importDepthToSpace(Node &node) {
  std::optional<int64_t> block = getBlock(node);
  if (!block)
    return;
  ShapeRef shape = node.getShape(0);
  int64_t b = *block, n = shape[0], c = shape[1] / (b * b), h = shape[2], w = shape[3];
  std::string mode = node.getString("mode", "DCR");
  if (shape[1] % (b * b) || (mode != "DCR" && mode != "CRD")) {
    node.error("requires channels divisible by " + llvm::Twine(b * b) + " and mode DCR or CRD, but found " +
               llvm::Twine(shape[1]) + " and " + mode);
    return;
  }
  bool isDepthFirst = mode == "DCR";
  Shape apart = isDepthFirst ? Shape{n, b, b, c, h, w} : Shape{n, c, b, b, h, w};
  Shape permutation = isDepthFirst ? Shape{0, 3, 4, 1, 5, 2} : Shape{0, 1, 4, 2, 5, 3};
  Value moved = emitTranspose(node, emitReshape(node, node.getInput(0), apart), permutation);
  node.setResult(0, emitReshape(node, moved, {n, c, h * b, w * b}), node.getType(0));
}

void cnnc::importing::importSpaceToDepth(Node &node) {
  std::optional<int64_t> block = getBlock(node);
  if (!block)
    return;
  ShapeRef shape = node.getShape(0);
  int64_t b = *block, n = shape[0], c = shape[1], h = shape[2] / b, w = shape[3] / b;
  std::string mode = node.getString("mode", "DCR");
  if (shape[2] % b || shape[3] % b || (mode != "DCR" && mode != "CRD")) {
    node.error("requires height and width divisible by " + llvm::Twine(b) + ", but found " + cnn::toString(shape));
    return;
  }
  Shape permutation = mode == "DCR" ? Shape{0, 3, 5, 1, 2, 4} : Shape{0, 1, 3, 5, 2, 4};
  Value moved = emitTranspose(node, emitReshape(node, node.getInput(0), {n, c, h, b, w, b}), permutation);
  node.setResult(0, emitReshape(node, moved, {n, c * b * b, h, w}), node.getType(0));
}
