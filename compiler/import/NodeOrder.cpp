// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/import/NodeOrder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <queue>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::importing;

namespace {

struct Graph {
  std::vector<std::vector<int>> users;
  std::vector<std::vector<int>> producers;
};

} // namespace

static Graph connect(const Nodes &nodes, const StringSet<> &known, SmallVectorImpl<NodeProblem> &problems,
                     StringMap<int> &producer) {
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output())
      if (!output.empty() && (known.contains(output) || !producer.try_emplace(output, i).second))
        problems.push_back(
            {&nodes[i], "gives its result the name \"" + output + "\", which another value has already"});
  Graph graph = {std::vector<std::vector<int>>(nodes.size()), std::vector<std::vector<int>>(nodes.size())};
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &input : nodes[i].input()) {
      if (input.empty() || known.contains(input))
        continue;
      auto found = producer.find(input);
      if (found == producer.end()) {
        problems.push_back({&nodes[i], "reads \"" + input + "\", which is no input, initializer or result of a node"});
        continue;
      }
      graph.users[found->second].push_back(i);
      graph.producers[i].push_back(found->second);
    }
  return graph;
}

static std::vector<bool> findLive(const Graph &graph, ArrayRef<std::string> outputs, const StringMap<int> &producer) {
  std::vector<bool> live(graph.users.size(), false);
  std::vector<int> pending;
  auto reach = [&](int node) {
    if (!live[node])
      pending.push_back(node);
    live[node] = true;
  };
  for (const std::string &output : outputs)
    if (auto found = producer.find(output); found != producer.end())
      reach(found->second);
  while (!pending.empty()) {
    int node = pending.back();
    pending.pop_back();
    llvm::for_each(graph.producers[node], reach);
  }
  return live;
}

std::vector<const onnx::NodeProto *> cnnc::importing::orderNodes(const Nodes &nodes, const StringSet<> &known,
                                                                 ArrayRef<std::string> outputs,
                                                                 SmallVectorImpl<NodeProblem> &problems) {
  StringMap<int> producer;
  Graph graph = connect(nodes, known, problems, producer);
  std::vector<bool> live = findLive(graph, outputs, producer);
  // Kahn's algorithm; the queue gives the first of the model's list, so that a sorted model keeps its order.
  std::vector<size_t> waiting(nodes.size());
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < nodes.size(); ++i) {
    waiting[i] = graph.producers[i].size();
    if (live[i] && !waiting[i])
      ready.push(i);
  }
  std::vector<const onnx::NodeProto *> order;
  std::vector<bool> done(nodes.size(), false);
  while (!ready.empty()) {
    int node = ready.top();
    ready.pop();
    done[node] = true;
    order.push_back(&nodes[node]);
    for (int user : graph.users[node])
      if (--waiting[user] == 0 && live[user])
        ready.push(user);
  }
  for (int i = 0; i < nodes.size(); ++i)
    if (live[i] && !done[i]) {
      problems.push_back({&nodes[i], "depends on its own result: the graph has a cycle"});
      break;
    }
  return order;
}
