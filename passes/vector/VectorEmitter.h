// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shared abstraction of all kernel families: code on vectors of the level's native width, raw pointers and i64
// indices. Pointers are !llvm.ptr, offsets are bytes, indices and loop counters are i64, floats are f32 unless a type
// is given.
#ifndef CNNC_PASSES_VECTOR_VECTOREMITTER_H
#define CNNC_PASSES_VECTOR_VECTOREMITTER_H

#include "dialects/target/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace cnnc::to_vector {

class VectorEmitter {
public:
  VectorEmitter(mlir::OpBuilder &builder, mlir::Location loc, const target::Level &level)
      : builder(builder), loc(loc), level(level) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;
  const target::Level &level;

  int64_t lanes() const { return level.lanes(); }
  mlir::VectorType vectorType(mlir::Type element = nullptr);
  mlir::Type pointerType();

  // Integers. Constants fold.
  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b) { return add(a, constant(b)); }
  mlir::Value subtract(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  mlir::Value multiply(mlir::Value a, int64_t b) { return multiply(a, constant(b)); }
  /// Quotient and remainder of non-negative numbers.
  mlir::Value divide(mlir::Value a, int64_t b);
  mlir::Value remainder(mlir::Value a, int64_t b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// The same number, but LLVM cannot see which.
  mlir::Value opaque(mlir::Value value);
  /// Part `task` of `tasks` of 0..extent: [task * extent / tasks, (task + 1) * extent / tasks).
  std::pair<mlir::Value, mlir::Value> part(mlir::Value task, int64_t tasks, int64_t extent);

  // Pointers.
  mlir::Value offset(mlir::Value pointer, mlir::Value bytes);
  mlir::Value offset(mlir::Value pointer, int64_t bytes);

  // Vectors. Memory accesses are aligned to their element. `count` <= lanes selects the first lanes; the rest load as
  // zero.
  mlir::Value splat(double value, mlir::Type element = nullptr);
  mlir::Value zero(mlir::Type element = nullptr) { return splat(0.0, element); }
  mlir::Value load(mlir::Value pointer, int64_t bytes = 0, mlir::Type element = nullptr);
  /// Starts to bring the line at `pointer` + `bytes` into L2.
  void prefetch(mlir::Value pointer, int64_t bytes);
  mlir::Value loadTail(mlir::Value pointer, int64_t count, int64_t bytes = 0, mlir::Type element = nullptr);
  void store(mlir::Value vector, mlir::Value pointer, int64_t bytes = 0);
  void storeTail(mlir::Value vector, mlir::Value pointer, int64_t count, int64_t bytes = 0);
  /// `alignment`: of the pointer in bytes, that of the type by default.
  mlir::Value loadScalar(mlir::Value pointer, int64_t bytes = 0, mlir::Type type = nullptr, unsigned alignment = 0);
  void storeScalar(mlir::Value scalar, mlir::Value pointer, int64_t bytes = 0);
  mlir::Value broadcast(mlir::Value scalar);
  mlir::Value loadBroadcast(mlir::Value pointer, int64_t bytes = 0, mlir::Type type = nullptr, unsigned alignment = 0) {
    return broadcast(loadScalar(pointer, bytes, type, alignment));
  }
  /// The first `count` lanes of the vector, zero in the others.
  mlir::Value mask(mlir::Value vector, int64_t count);
  /// a * b + c, fused where the level fuses.
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);

  // Control flow. Bodies receive the counter; a loop of one constant trip becomes its body.
  using Body = llvm::function_ref<void(mlir::Value)>;
  using CarryingBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)>;
  void loop(mlir::Value lower, mlir::Value upper, int64_t step, Body body);
  void loop(int64_t lower, int64_t upper, int64_t step, Body body) {
    loop(constant(lower), constant(upper), step, body);
  }
  llvm::SmallVector<mlir::Value> loop(mlir::Value lower, mlir::Value upper, int64_t step, mlir::ValueRange inits,
                                      CarryingBody body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> body);
  void ifThenElse(mlir::Value condition, llvm::function_ref<void()> body, llvm::function_ref<void()> otherwise);
};

/// The constant behind an i64 value, if it is one.
std::optional<int64_t> getConstant(mlir::Value value);

} // namespace cnnc::to_vector

#endif
