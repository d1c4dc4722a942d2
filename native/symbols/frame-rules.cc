#include "frame-rules.h"

#include <dwarf.h>

#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kRuleLimit = 50000;

Place FromOperations(const Dwarf_Op* operations, size_t count) {
  Place place;
  bool is_value = operations[count - 1].atom == DW_OP_stack_value;
  size_t rest = is_value ? count - 1 : count;
  if (rest >= 1 && rest <= 2 && operations[0].atom == DW_OP_call_frame_cfa && (rest == 1 || operations[1].atom == DW_OP_plus_uconst)) {
    place.how = is_value ? How::kCfaPlus : How::kAtCfa;
    place.offset = rest == 2 ? static_cast<int64_t>(operations[1].number) : 0;
  } else if (count == 1 && operations[0].atom == DW_OP_regx) {
    place.how = How::kRegister;
    place.number = static_cast<int>(operations[0].number);
  } else if (count == 1 && operations[0].atom >= DW_OP_reg0 && operations[0].atom <= DW_OP_reg31) {
    place.how = How::kRegister;
    place.number = operations[0].atom - DW_OP_reg0;
  } else {
    place.how = is_value ? How::kValueExpression : How::kExpression;
    place.operations.assign(operations, operations + rest);
  }
  return place;
}

bool ReadCfa(Dwarf_Frame* frame, Place& place) {
  Dwarf_Op* operations;
  size_t count;
  if (dwarf_frame_cfa(frame, &operations, &count) || count == 0) return false;
  if (count == 1 && operations[0].atom == DW_OP_bregx) {
    place.how = How::kRegister;
    place.number = static_cast<int>(operations[0].number);
    place.offset = static_cast<int64_t>(operations[0].number2);
  } else if (count == 1 && operations[0].atom >= DW_OP_breg0 && operations[0].atom <= DW_OP_breg31) {
    place.how = How::kRegister;
    place.number = operations[0].atom - DW_OP_breg0;
    place.offset = static_cast<int64_t>(operations[0].number);
  } else {
    place.how = How::kValueExpression;
    place.operations.assign(operations, operations + count);
  }
  return true;
}

std::shared_ptr<const FrameRule> Compile(Dwarf_Frame* frame) {
  auto rule = std::make_shared<FrameRule>();
  Dwarf_Addr start, end;
  if (dwarf_frame_info(frame, &start, &end, &rule->signal) != kPc || !ReadCfa(frame, rule->cfa)) return nullptr;
  for (int number = 0; number < kRegisters; number++) {
    Dwarf_Op memory[3];
    Dwarf_Op* operations;
    size_t count;
    if (dwarf_frame_register(frame, number, memory, &operations, &count)) return nullptr;
    if (count > 0) rule->places.emplace_back(number, FromOperations(operations, count));
    else if (operations == memory) rule->places.emplace_back(number, Place{});
  }
  return rule;
}

std::shared_ptr<const FrameRule> Row(Dwarf_CFI* cfi, uint64_t address) {
  Dwarf_Frame* frame = nullptr;
  if (!cfi || dwarf_cfi_addrframe(cfi, address, &frame) || !frame) return nullptr;
  auto rule = Compile(frame);
  free(frame);
  return rule;
}

}  // namespace

FrameRules::~FrameRules() {
  if (exceptions_) dwarf_cfi_end(exceptions_);
}

void FrameRules::UseDebug(ElfFile* debug) {
  debug_ = debug;
  rules_.clear();
}

std::shared_ptr<const FrameRule> FrameRules::At(uint64_t address) {
  auto found = rules_.find(address);
  if (found != rules_.end()) return found->second;
  if (rules_.size() >= kRuleLimit) rules_.clear();
  return rules_[address] = Find(address);
}

std::shared_ptr<const FrameRule> FrameRules::Find(uint64_t address) {
  if (!opened_) {
    opened_ = true;
    exceptions_ = dwarf_getcfi_elf(file_->elf());
  }
  if (auto rule = Row(exceptions_, address)) return rule;
  // .debug_frame: Go, and code built without exception tables.
  Dwarf* own = file_->dwarf();
  if (auto rule = own ? Row(dwarf_getcfi(own), address) : nullptr) return rule;
  Dwarf* separate = debug_ ? debug_->dwarf() : nullptr;
  return separate ? Row(dwarf_getcfi(separate), address) : nullptr;
}
