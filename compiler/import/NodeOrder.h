// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which order nodes can be imported, and which of them matter.
#ifndef CNNC_COMPILER_IMPORT_NODEORDER_H
#define CNNC_COMPILER_IMPORT_NODEORDER_H

#include "onnx.pb.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

#include <vector>

namespace cnnc::importing {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

struct NodeProblem {
  const onnx::NodeProto *node;
  std::string message;
};

/// The nodes on which `outputs` depend, each after those that it reads and otherwise as the model lists them. Names in
/// `known` come from elsewhere. Cycles, names given twice and names that nobody gives are appended to `problems`.
std::vector<const onnx::NodeProto *> orderNodes(const Nodes &nodes, const llvm::StringSet<> &known,
                                                llvm::ArrayRef<std::string> outputs,
                                                llvm::SmallVectorImpl<NodeProblem> &problems);

} // namespace cnnc::importing

#endif
