// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A convolution as a product of matrices: windows are copied into columns first.
#ifndef CNNC_PASSES_KERNEL_IM2COL_H
#define CNNC_PASSES_KERNEL_IM2COL_H

#include "passes/kernel/Convolution.h"

namespace cnnc::to_kernel {

/// The same convolution (of one group) as a pointwise one of the windows of its input, which are copied side by side:
/// channels last, kernel positions x channels many.
Convolution createColumns(mlir::RewriterBase &rewriter, const Convolution &convolution);

} // namespace cnnc::to_kernel

#endif
