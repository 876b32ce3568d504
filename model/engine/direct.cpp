// SPDX-License-Identifier: GPL-2.0-only
//
// Direct mode: an operation outside a fiber executes at once. See native.hpp.
#include "model/engine/native.hpp"
#include "model/engine/sequential.hpp"

namespace gupcheck::engine {

namespace {
// A walk over a corrupted list must end, too.
constexpr unsigned max_direct_steps = 100'000;
} // namespace

std::uint64_t DirectMode::execute(const Operation& operation) {
  if (++steps_ > max_direct_steps)
    throw DirectFailure{&model_error, "a check walks for ever (a corrupted list?)"};
  if (operation.form.kind == OperationKind::choose)
    throw DirectFailure{&model_error, "choose() outside a thread"};
  if (operation.form.kind == OperationKind::enqueue) return 0;
  const unsigned thread = self_ == nobody ? 0 : self_;
  Access access;
  if (const auto wrong = decode(operation, false, access)) {
    if (*wrong == Fault::misaligned)
      throw DirectFailure{&model_error, "an operation that is not naturally aligned"};
    throw DirectFailure{&model_error, "a check follows a pointer that leads out of the world"};
  }
  if (!enabled(access, world_, thread))
    throw DirectFailure{&model_error, "a check outside the threads would block"};
  if (is_misuse(access, world_, thread))
    throw DirectFailure{&model_error, "unlock of a lock that is not held"};
  const Effect effect = engine::execute(access, world_, thread, 0);
  if (reads_ != nullptr && access.mask != 0) {
    const bool names = names_peer(operation.address) || (access.pointer && names_peer(effect.result));
    reads_->push_back({.offset = word_of(access, thread) * 8 + access.shift / 8U,
                       .size = operation.form.size,
                       .by_number = self_ != nobody && arena().in_blocks(operation.address),
                       .as_number = !operation.form.pointer,
                       .by_peer = self_ != nobody && names});
  }
  if (effect.after != effect.before) {
    if (!may_write_) throw DirectFailure{&model_error, "an invariant or expectation writes to the world"};
    world_[effect.word] = effect.after;
  }
  return self_ == nobody && access.pointer ? pointer_to_world(effect.result, thread) : effect.result;
}

} // namespace gupcheck::engine
