// DWARF expressions (DWARF 5, section 2.5) as far as call frame information uses them.
#include <dwarf.h>

#include "frame-rules.h"

namespace {

constexpr size_t kDepthLimit = 64;
// Expressions have loops.
constexpr int kStepLimit = 1000;

class Machine {
 public:
  Machine(const std::vector<Dwarf_Op>& operations, const Registers& registers, const uint64_t* cfa, const ReadWord& read)
      : operations_(operations), registers_(registers), cfa_(cfa), read_(read) {}

  bool Run(uint64_t& result) {
    int steps = 0;
    for (size_t i = 0; i < operations_.size(); i = next_) {
      if (++steps > kStepLimit) return false;
      next_ = i + 1;
      if (!Step(operations_[i])) return false;
    }
    return Pop(result);
  }

 private:
  bool Push(uint64_t value) {
    if (stack_.size() >= kDepthLimit) return false;
    stack_.push_back(value);
    return true;
  }

  bool Pop(uint64_t& value) {
    if (stack_.empty()) return false;
    value = stack_.back();
    stack_.pop_back();
    return true;
  }

  bool Peek(size_t index) { return index < stack_.size() && Push(stack_[stack_.size() - 1 - index]); }

  bool Register(uint64_t number, uint64_t offset) {
    return number < kRegisters && registers_.Has(static_cast<int>(number)) && Push(registers_.values[number] + offset);
  }

  bool Load(uint64_t bytes) {
    uint64_t address, value;
    if (bytes == 0 || bytes > 8 || !Pop(address) || !read_(address, value)) return false;
    return Push(bytes == 8 ? value : value & ((1ull << bytes * 8) - 1));
  }

  // Branches count bytes from the operation that follows.
  bool Jump(const Dwarf_Op& from) {
    uint64_t target = from.offset + 3 + from.number;
    for (size_t i = 0; i < operations_.size(); i++) {
      if (operations_[i].offset != target || operations_[i].atom == DW_OP_call_frame_cfa) continue;
      next_ = i;
      return true;
    }
    next_ = operations_.size();
    return target > operations_.back().offset;
  }

  bool Binary(uint8_t atom) {
    uint64_t b, a;
    if (!Pop(b) || !Pop(a)) return false;
    int64_t sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
    switch (atom) {
      case DW_OP_plus: return Push(a + b);
      case DW_OP_minus: return Push(a - b);
      case DW_OP_mul: return Push(a * b);
      case DW_OP_and: return Push(a & b);
      case DW_OP_or: return Push(a | b);
      case DW_OP_xor: return Push(a ^ b);
      case DW_OP_shl: return Push(b < 64 ? a << b : 0);
      case DW_OP_shr: return Push(b < 64 ? a >> b : 0);
      case DW_OP_shra: return Push(static_cast<uint64_t>(sa >> (b < 64 ? b : 63)));
      case DW_OP_div: return b != 0 && !(sa == INT64_MIN && sb == -1) && Push(static_cast<uint64_t>(sa / sb));
      case DW_OP_mod: return b != 0 && Push(a % b);
      case DW_OP_eq: return Push(sa == sb);
      case DW_OP_ne: return Push(sa != sb);
      case DW_OP_ge: return Push(sa >= sb);
      case DW_OP_gt: return Push(sa > sb);
      case DW_OP_le: return Push(sa <= sb);
      case DW_OP_lt: return Push(sa < sb);
      default: return false;
    }
  }

  bool Shuffle(uint8_t atom) {
    uint64_t a, b, c;
    switch (atom) {
      case DW_OP_dup: return Peek(0);
      case DW_OP_over: return Peek(1);
      case DW_OP_drop: return Pop(a);
      case DW_OP_swap: return Pop(a) && Pop(b) && Push(a) && Push(b);
      case DW_OP_rot: return Pop(a) && Pop(b) && Pop(c) && Push(a) && Push(c) && Push(b);
      case DW_OP_abs: return Pop(a) && Push(static_cast<int64_t>(a) < 0 ? 0 - a : a);
      case DW_OP_neg: return Pop(a) && Push(0 - a);
      case DW_OP_not: return Pop(a) && Push(~a);
      default: return Binary(atom);
    }
  }

  bool Step(const Dwarf_Op& op) {
    if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) return Push(op.atom - DW_OP_lit0);
    if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) return Register(op.atom - DW_OP_breg0, op.number);
    uint64_t value;
    switch (op.atom) {
      case DW_OP_nop: return true;
      case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u: case DW_OP_const2s: case DW_OP_const4u: case DW_OP_const4s:
      case DW_OP_const8u: case DW_OP_const8s: case DW_OP_constu: case DW_OP_consts: return Push(op.number);
      case DW_OP_bregx: return Register(op.number, op.number2);
      case DW_OP_call_frame_cfa: return cfa_ && Push(*cfa_);
      case DW_OP_deref: return Load(8);
      case DW_OP_deref_size: return Load(op.number);
      case DW_OP_plus_uconst: return Pop(value) && Push(value + op.number);
      case DW_OP_pick: return Peek(op.number);
      case DW_OP_skip: return Jump(op);
      case DW_OP_bra: return Pop(value) && (value == 0 || Jump(op));
      default: return Shuffle(op.atom);
    }
  }

  const std::vector<Dwarf_Op>& operations_;
  const Registers& registers_;
  const uint64_t* cfa_;
  const ReadWord& read_;
  std::vector<uint64_t> stack_;
  size_t next_ = 0;
};

}  // namespace

bool Evaluate(const std::vector<Dwarf_Op>& operations, const Registers& registers, const uint64_t* cfa, const ReadWord& read, uint64_t& result) {
  return Machine(operations, registers, cfa, read).Run(result);
}
