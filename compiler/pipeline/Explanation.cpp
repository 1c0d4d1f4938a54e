// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/pipeline/Explanation.h"

#include "compiler/output/Text.h"

#include "dialects/kernel/Kernel.h"
#include "dialects/target/Target.h"
#include "passes/layout/ConvFacts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::pipeline;

using Row = std::vector<std::string>;

static StringRef getNode(Location location) {
  auto name = location->findInstanceOf<NameLoc>();
  return name ? name.getName().getValue() : "";
}

void Explanation::readChoices(ModuleOp module) {
  choices = layout::explainChoices(module);
  for (const target::Level &level : layout::getCommonLevels(target::getTarget(module))) {
    peaks.push_back(getPeak(layout::getCoreFacts(level)));
    levels.push_back(level.name.str());
  }
}

/// 6x2: pixels by vectors of output channels.
template <typename Schedule> static std::string nameTile(Schedule schedule) {
  return std::to_string(schedule.getRows()) + "x" + std::to_string(schedule.getVectors());
}

static std::string nameTile(Attribute schedule) {
  if (auto contract = dyn_cast<kernel::ContractScheduleAttr>(schedule))
    return nameTile(contract);
  return nameTile(cast<kernel::WinogradScheduleAttr>(schedule));
}

void Explanation::readTiles(ModuleOp module) {
  ArrayRef<StringAttr> carried = target::getTarget(module).getLevels();
  module.walk([&](Operation *op) {
    auto schedules = op->getAttrOfType<ArrayAttr>("schedule");
    if (!schedules || !isa<kernel::ContractOp, kernel::WinogradOp>(op))
      return;
    std::vector<std::string> shown;
    for (auto [level, schedule] : llvm::zip(carried, schedules))
      if (llvm::is_contained(levels, level.getValue()))
        shown.push_back(nameTile(schedule));
    tiles.try_emplace(getNode(op->getLoc()), llvm::join(shown, " "));
  });
}

static Row makeHeader(ArrayRef<std::string> levels) {
  Row header = {"node", "shape", "algorithm", "layout", "tiles"};
  for (const std::string &level : levels) {
    header.push_back("Mcycles " + StringRef(level).substr(StringRef(level).rfind('-') + 1).str());
    header.push_back("% of peak");
  }
  header.push_back("instead of");
  return header;
}

static Row makeRow(const layout::Choice &choice, StringRef tile, ArrayRef<double> peaks) {
  Row row = {output::escapeText(getNode(choice.location)), choice.shape, choice.algorithm, choice.layouts, tile.str()};
  for (auto [cycles, peak] : llvm::zip_equal(choice.cycles, peaks)) {
    row.push_back(cycles ? llvm::formatv("{0:F3}", cycles / 1e6).str() : "");
    row.push_back(choice.macs ? llvm::formatv("{0:F0}", 100 * choice.macs / cycles / peak).str() : "");
  }
  ArrayRef<std::pair<std::string, double>> rejected = choice.rejected;
  auto name = [](const auto &other) { return llvm::formatv("{0} {1:F2}x", other.first, other.second).str(); };
  row.push_back(llvm::join(llvm::map_range(rejected.take_front(3), name), ", "));
  return row;
}

static void printTable(ArrayRef<Row> rows, llvm::raw_ostream &os) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row &row : rows)
    for (auto [width, cell] : llvm::zip_equal(widths, row))
      width = std::max(width, cell.size());
  for (const Row &row : rows) {
    std::string line;
    for (auto [width, cell] : llvm::zip_equal(widths, row))
      line += cell + std::string(width - cell.size() + 2, ' ');
    os << StringRef(line).rtrim() << "\n";
  }
}

void Explanation::print(llvm::raw_ostream &os) const {
  std::vector<Row> rows = {makeHeader(levels)};
  std::vector<double> sums(levels.size());
  double macs = 0;
  for (const layout::Choice &choice : choices) {
    rows.push_back(makeRow(choice, choice.macs ? tiles.lookup(getNode(choice.location)) : "", peaks));
    macs += choice.macs;
    for (auto [sum, cycles] : llvm::zip_equal(sums, choice.cycles))
      sum += cycles;
  }
  Row total = {"total", "", "", "", ""};
  for (auto [sum, peak] : llvm::zip_equal(sums, peaks)) {
    total.push_back(llvm::formatv("{0:F3}", sum / 1e6));
    total.push_back(llvm::formatv("{0:F0}", sum ? 100 * macs / sum / peak : 0));
  }
  total.push_back("");
  rows.push_back(total);
  os << "Predicted on one core, for " << llvm::join(levels, " and ")
     << ". Of the peak: multiply-adds of the layer over those that the core can do in\n"
        "that time; Winograd exceeds 100. Raw: filters are stored as they are and transformed in each run. Instead of: "
        "what "
        "was rejected, as\ntimes of the chosen one's cycles (without conversions of layout, which are rows of their "
        "own). "
        "Tiles: pixels x vectors of output\nchannels, per level.\n\n";
  printTable(rows, os);
}
