// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/schedule/PlanAttrs.h"

using namespace mlir;
using namespace cnnc;
using namespace cnnc::schedule;
using kernel::ContractScheduleAttr;
using kernel::GenericScheduleAttr;
using kernel::WindowScheduleAttr;
using kernel::WinogradScheduleAttr;

ContractPlan cnnc::schedule::readPlan(ContractScheduleAttr attr) {
  return {attr.getRows(),           attr.getVectors(),     attr.getLines(),       attr.getPanelParts(),
          attr.getRowParts(),       attr.getColumnParts(), attr.getOrder(),       attr.getReductionBlocks(),
          attr.getReductionOrder(), attr.getRowBlock(),    attr.getColumnBlock(), attr.getFetchPasses(),
          attr.getSumBlock(),       attr.getUnroll()};
}

Attribute cnnc::schedule::writePlan(MLIRContext *context, const ContractPlan &plan) {
  return ContractScheduleAttr::get(context, plan.rows, plan.vectors, plan.lines, plan.panelParts, plan.rowParts,
                                   plan.columnParts, plan.order, plan.reductionBlocks, plan.reductionOrder,
                                   plan.rowBlock, plan.columnBlock, plan.fetchPasses, plan.sumBlock, plan.unroll);
}

WindowPlan cnnc::schedule::readPlan(WindowScheduleAttr attr) {
  return {attr.getAlong(), attr.getTile(), attr.getUnroll(), attr.getChannels(), attr.getRows()};
}

Attribute cnnc::schedule::writePlan(MLIRContext *context, const WindowPlan &plan) {
  return WindowScheduleAttr::get(context, plan.along, plan.tile, plan.unroll, plan.channels, plan.rows);
}

WinogradPlan cnnc::schedule::readPlan(WinogradScheduleAttr attr) {
  return {attr.getRows(),  attr.getVectors(), attr.getNarrowRows(), attr.getTileBlock(), attr.getDepthBlock(),
          attr.getChunk(), attr.getBlocks(),  attr.getPanelParts(), attr.getTileParts()};
}

Attribute cnnc::schedule::writePlan(MLIRContext *context, const WinogradPlan &plan) {
  return WinogradScheduleAttr::get(context, plan.rows, plan.vectors, plan.narrowRows, plan.tileBlock, plan.depthBlock,
                                   plan.chunk, plan.blocks, plan.panelParts, plan.tileParts);
}

GenericPlan cnnc::schedule::readPlan(GenericScheduleAttr attr) { return {attr.getAlong(), attr.getVectors()}; }

Attribute cnnc::schedule::writePlan(MLIRContext *context, const GenericPlan &plan) {
  return GenericScheduleAttr::get(context, plan.along, plan.vectors);
}
