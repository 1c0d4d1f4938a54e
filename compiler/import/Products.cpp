// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of matrices: convolutions where one side is constant, else cnn.matmul.
#include "compiler/import/Emit.h"
#include "compiler/import/OpImporters.h"
#include "dialects/cnn/Evaluate.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::importing;

static bool requireFloats(Node &node) {
  for (unsigned i = 0; i < node.getInputCount(); ++i)
    if (node.hasInput(i) && !node.getType(i).isFloat())
      node.error("requires floats, but found " + node.getType(i).getName());
  return !node.hasFailed();
}

static Value scale(Node &node, Value input, double factor) {
  if (factor == 1 || !input)
    return input;
  return emitMap(node, input, getElement(input), [&](Scalars &s, ValueRange x) { return s.multiply(x[0], factor); });
}

static Value transposeLast(Node &node, Value input) {
  Shape permutation = getDims(0, getShape(input).size());
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  return emitTranspose(node, input, permutation);
}

/// alpha * A' * B' + beta * C. With a constant B the product is a convolution without spatial dimensions, and a C of
/// one entry per column is its bias.
void cnnc::importing::importGemm(Node &node) {
  if (!requireFloats(node))
    return;
  if (node.getRank(0) != 2 || node.getRank(1) != 2) {
    node.error("requires matrices, but found " + cnn::toString(node.getShape(0)) + " and " +
               cnn::toString(node.getShape(1)));
    return;
  }
  bool transposesA = node.getInteger("transA", 0) != 0, transposesB = node.getInteger("transB", 0) != 0;
  double alpha = node.getReal("alpha", 1), beta = node.getReal("beta", 1);
  Value a = transposesA ? transposeLast(node, node.getInput(0)) : node.getInput(0);
  Value b = node.getInput(1), c = beta == 0 ? Value() : scale(node, node.getInput(2), beta);
  Value result;
  if (node.isWeight(1)) {
    Value filter = scale(node, transposesB ? b : transposeLast(node, b), alpha);
    int64_t columns = getShape(filter)[0];
    bool isBias = c && node.isWeight(2) && getShape(c).size() <= 2 && !getShape(c).empty() &&
                  getShape(c).back() == columns && cnn::getElementCount(getShape(c)) == columns;
    result = emitPointwise(node, a, filter, isBias ? emitReshape(node, c, columns) : Value());
    c = isBias ? Value() : c;
  } else {
    result = scale(node, emitMatMul(node, a, transposesB ? transposeLast(node, b) : b), alpha);
  }
  if (c) {
    Shape shape(getShape(result));
    result = emitMap(node, {result, c}, getElement(a), [](Scalars &s, ValueRange x) { return s.add(x[0], x[1]); });
    if (result && getShape(result) != ShapeRef(shape))
      node.error("requires C that broadcasts to " + cnn::toString(shape));
  }
  node.setResult(0, result, node.getType(0));
}

/// [batch..., M, K] by a constant [K, N]: K becomes the channels of a 1x1 convolution over batch..., M.
static Value multiplyByConstant(Node &node, Value lhs, Value rhs) {
  int64_t rank = getShape(lhs).size();
  if (getShape(lhs).back() != getShape(rhs)[0])
    return node.error("requires equal inner extents, but found " + cnn::toString(node.getShape(0)) + " and " +
                      cnn::toString(node.getShape(1))),
           Value();
  Value filter = emitTranspose(node, rhs, {1, 0});
  if (!filter)
    return {};
  Shape shape(getShape(filter));
  shape.resize(rank, 1);
  // A transposed constant is reshaped as one op more, which folds with it.
  filter = emitReshape(node, filter, shape);
  Shape forward = {0, rank - 1}, backward = {0};
  for (int64_t i = 1; i < rank - 1; ++i)
    forward.push_back(i);
  for (int64_t i = 2; i < rank; ++i)
    backward.push_back(i);
  backward.push_back(1);
  if (rank == 2)
    return emitPointwise(node, lhs, filter, Value());
  return emitTranspose(node, emitPointwise(node, emitTranspose(node, lhs, forward), filter, Value()), backward);
}

void cnnc::importing::importMatMul(Node &node) {
  if (!requireFloats(node))
    return;
  Shape left(node.getShape(0)), right(node.getShape(1));
  if (left.empty() || right.empty()) {
    node.error("requires tensors of rank 1 or more");
    return;
  }
  bool isLeftVector = left.size() == 1, isRightVector = right.size() == 1;
  if (isLeftVector)
    left.insert(left.begin(), 1);
  if (isRightVector)
    right.push_back(1);
  // Leading extents of 1 on the right change only the result's rank.
  Shape matrix(right.end() - 2, right.end());
  bool isMatrix = cnn::getElementCount(matrix) == cnn::getElementCount(right) && right.size() <= left.size();
  Value result;
  if (node.isWeight(1) && isMatrix) {
    result = multiplyByConstant(node, emitReshape(node, node.getInput(0), left),
                                emitReshape(node, node.getInput(1), matrix));
  } else {
    size_t rank = std::max(left.size(), right.size());
    left.insert(left.begin(), rank - left.size(), 1);
    right.insert(right.begin(), rank - right.size(), 1);
    result = emitMatMul(node, emitReshape(node, node.getInput(0), left), emitReshape(node, node.getInput(1), right));
  }
  if (!result)
    return;
  Shape shape(getShape(result));
  if (isRightVector)
    shape.pop_back();
  if (isLeftVector)
    shape.erase(shape.end() - (isRightVector ? 1 : 2));
  node.setResult(0, emitReshape(node, result, shape), node.getType(0));
}
