// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/NodeOrder.h"

#include "compiler/import/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

#include <functional>
#include <queue>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::importing;

namespace {

struct Edge {
  int node;
  bool isCaptured;
};

struct Graph {
  StringMap<int> producer;
  std::vector<std::vector<Edge>> producers;
  std::vector<std::vector<int>> users;
  /// What each node's branches read of the graph.
  std::vector<std::vector<std::string>> captured;
};

enum class Need : char { None, Optional, Certain };

} // namespace

static void collectCaptured(const onnx::NodeProto &node, function_ref<void(const std::string &)> capture);

/// Calls back with the names that `graph` reads and does not define.
static void collectFree(const onnx::GraphProto &graph, function_ref<void(const std::string &)> capture) {
  StringSet<> own;
  for (const onnx::ValueInfoProto &input : graph.input())
    own.insert(input.name());
  for (const onnx::TensorProto &tensor : graph.initializer())
    own.insert(tensor.name());
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      own.insert(output);
  auto read = [&](const std::string &name) {
    if (!name.empty() && !own.contains(name))
      capture(name);
  };
  for (const onnx::NodeProto &node : graph.node()) {
    llvm::for_each(node.input(), read);
    collectCaptured(node, read);
  }
  for (const onnx::ValueInfoProto &output : graph.output())
    read(output.name());
}

/// A graph in a graph: protobuf's own limit on nesting bounds the recursion.
static void collectCaptured(const onnx::NodeProto &node, function_ref<void(const std::string &)> capture) {
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      collectFree(attribute.g(), capture);
    for (const onnx::GraphProto &graph : attribute.graphs())
      collectFree(graph, capture);
  }
}

static std::vector<std::string> getCaptured(const onnx::NodeProto &node) {
  std::vector<std::string> names;
  StringSet<> seen;
  collectCaptured(node, [&](const std::string &name) {
    if (seen.insert(name).second)
      names.push_back(name);
  });
  return names;
}

static Graph connect(const Nodes &nodes, KnownNames known, SmallVectorImpl<NodeProblem> &problems) {
  Graph graph;
  graph.producers.resize(nodes.size());
  graph.users.resize(nodes.size());
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output())
      if (!output.empty() && (known.isOwn(output) || !graph.producer.try_emplace(output, i).second))
        problems.push_back(
            {&nodes[i], "gives its result the name " + quote(output) + ", which another value has already"});
  for (int i = 0; i < nodes.size(); ++i) {
    auto read = [&](const std::string &name, bool isCaptured) {
      auto found = graph.producer.find(name);
      if (found == graph.producer.end())
        return known.isVisible(name);
      graph.users[found->second].push_back(i);
      graph.producers[i].push_back({found->second, isCaptured});
      return true;
    };
    for (const std::string &input : nodes[i].input())
      if (!input.empty() && !read(input, false))
        problems.push_back(
            {&nodes[i], "reads " + quote(input) + ", which is no input, initializer or result of a node"});
    graph.captured.push_back(getCaptured(nodes[i]));
    for (const std::string &name : graph.captured.back())
      read(name, true);
  }
  return graph;
}

static std::vector<Need> findNeeds(const Graph &graph, ArrayRef<std::string> outputs) {
  std::vector<Need> needs(graph.users.size(), Need::None);
  std::vector<int> pending;
  auto reach = [&](int node, Need need) {
    if (needs[node] >= need)
      return;
    needs[node] = need;
    pending.push_back(node);
  };
  for (const std::string &output : outputs)
    if (auto found = graph.producer.find(output); found != graph.producer.end())
      reach(found->second, Need::Certain);
  while (!pending.empty()) {
    int node = pending.back();
    pending.pop_back();
    for (Edge edge : graph.producers[node])
      reach(edge.node, edge.isCaptured ? Need::Optional : needs[node]);
  }
  return needs;
}

static StringMap<Reader> findReaders(const Nodes &nodes, const Graph &graph, ArrayRef<Need> needs,
                                     ArrayRef<std::string> outputs) {
  StringMap<Reader> readers;
  auto read = [&](const std::string &name, Reader reader) {
    auto [entry, isNew] = readers.try_emplace(name, reader);
    if (!isNew && entry->second.isOptional && !reader.isOptional)
      entry->second = reader;
  };
  for (int i = 0; i < nodes.size(); ++i) {
    if (needs[i] == Need::None)
      continue;
    for (const std::string &input : nodes[i].input())
      read(input, {&nodes[i], needs[i] == Need::Optional});
    for (const std::string &name : graph.captured[i])
      read(name, {&nodes[i], true});
  }
  for (const std::string &output : outputs)
    read(output, {nullptr, false});
  readers.erase("");
  return readers;
}

NodeOrder cnnc::importing::orderNodes(const Nodes &nodes, KnownNames known, ArrayRef<std::string> outputs) {
  NodeOrder order;
  Graph graph = connect(nodes, known, order.problems);
  std::vector<Need> needs = findNeeds(graph, outputs);
  // Kahn's algorithm; the queue gives the first of the model's list, so that a sorted model keeps its order.
  std::vector<size_t> waiting(nodes.size());
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < nodes.size(); ++i) {
    waiting[i] = graph.producers[i].size();
    if (needs[i] != Need::None && !waiting[i])
      ready.push(i);
  }
  std::vector<bool> done(nodes.size(), false);
  while (!ready.empty()) {
    int node = ready.top();
    ready.pop();
    done[node] = true;
    order.nodes.push_back({&nodes[node], needs[node] == Need::Optional});
    for (int user : graph.users[node])
      if (--waiting[user] == 0 && needs[user] != Need::None)
        ready.push(user);
  }
  for (int i = 0; i < nodes.size(); ++i)
    if (needs[i] != Need::None && !done[i]) {
      order.problems.push_back({&nodes[i], "depends on its own result: the graph has a cycle"});
      break;
    }
  order.readers = findReaders(nodes, graph, needs, outputs);
  return order;
}
