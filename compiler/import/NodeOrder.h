// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which order nodes can be imported, which of them matter, and who reads what they give.
#ifndef CNNC_COMPILER_IMPORT_NODEORDER_H
#define CNNC_COMPILER_IMPORT_NODEORDER_H

#include "onnx.pb.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <vector>

namespace cnnc::importing {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// A node in its turn. Only branches read what an optional one gives: whether it is needed shows when they are taken.
struct OrderedNode {
  const onnx::NodeProto *node;
  bool isOptional;
};

/// Who reads a name first: a node, or, without one, the graph as its result. Optional: an optional node, or a branch.
struct Reader {
  const onnx::NodeProto *node;
  bool isOptional;
};

struct NodeProblem {
  const onnx::NodeProto *node;
  std::string message;
};

struct NodeOrder {
  std::vector<OrderedNode> nodes;
  llvm::StringMap<Reader> readers;
  /// Cycles, names given twice and names that nobody gives.
  llvm::SmallVector<NodeProblem> problems;
};

/// Which names the graph has before its nodes run, and which ones it may read of the graphs around it.
struct KnownNames {
  llvm::function_ref<bool(llvm::StringRef)> isOwn, isVisible;
};

/// The nodes on which `outputs` depend, each after those that it reads and otherwise as the model lists them. A node
/// also reads what its branches capture; where one captures a name that nobody gives, that is for the branch to say.
NodeOrder orderNodes(const Nodes &nodes, KnownNames known, llvm::ArrayRef<std::string> outputs);

} // namespace cnnc::importing

#endif
