#include "unwind.h"

#include <algorithm>
#include <cstring>

const MappedRange* AddressSpace::Find(uint64_t address) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address, [](uint64_t wanted, const MappedRange& range) { return wanted < range.start; });
  if (after == ranges_.begin()) return nullptr;
  const MappedRange& range = *(after - 1);
  return address < range.end ? &range : nullptr;
}

bool AddressSpace::Read(const StackBytes& stack, uint64_t address, uint64_t& value) const {
  constexpr size_t kWord = sizeof value;
  if (address >= stack.start && stack.length >= kWord && address - stack.start <= stack.length - kWord) {
    std::memcpy(&value, stack.bytes + (address - stack.start), kWord);
    return true;
  }
  const MappedRange* range = Find(address);
  const char* data = range && range->binary ? range->binary->file().ReadOnly(address - range->bias, kWord) : nullptr;
  if (!data) return false;
  std::memcpy(&value, data, kWord);
  return true;
}

namespace {

// Applies the place that a rule names. False when what it needs is not known.
bool Fetch(const Place& place, const Registers& before, uint64_t cfa, const ReadWord& read, uint64_t& value) {
  switch (place.how) {
    case How::kAtCfa: return read(cfa + place.offset, value);
    case How::kCfaPlus: value = cfa + place.offset; return true;
    case How::kRegister:
      if (!before.Has(place.number)) return false;
      value = before.values[place.number] + place.offset;
      return true;
    case How::kExpression: return Evaluate(place.operations, before, &cfa, read, value) && read(value, value);
    case How::kValueExpression: return Evaluate(place.operations, before, &cfa, read, value);
    default: return false;
  }
}

// Compilers do not always say when an epilogue has taken a register from the stack: its slot then lies below the stack
// pointer, outside of the copy, and the register has its value again.
bool Popped(const Place& place, const WalkState& state, uint64_t cfa) {
  constexpr uint64_t kRedZone = 128;
  uint64_t sp = state.registers.values[kRsp], slot = cfa + place.offset;
  return place.how == How::kAtCfa && !state.returned && slot < sp && sp - slot <= kRedZone;
}

}  // namespace

bool AddressSpace::Step(const FrameRule& rule, WalkState& state, const StackBytes& stack, Ended& ended) const {
  const Registers before = state.registers;
  bool memory_missing = false;
  ReadWord read = [&](uint64_t address, uint64_t& value) {
    if (Read(stack, address, value)) return true;
    memory_missing = true;
    state.detail = address;
    return false;
  };
  auto end = [&](Ended why) { ended = why; return false; };
  auto missing = [&] { return end(memory_missing ? Ended::kNoMemory : Ended::kNoRegister); };
  uint64_t cfa;
  if (!Fetch(rule.cfa, before, 0, read, cfa)) return missing();
  // A frame's caller lies further up; only a signal's handler may run on a stack of its own.
  if (!rule.signal && before.Has(kRsp) && cfa <= before.values[kRsp]) return end(Ended::kNoProgress);
  Registers after = before;
  after.Set(kRsp, cfa);
  after.known &= ~(1u << kPc);
  for (const auto& [number, place] : rule.places) {
    uint64_t value = 0;
    if (Popped(place, state, cfa)) continue;
    bool found = Fetch(place, before, cfa, read, value);
    if (found) after.Set(number, value);
    else after.known &= ~(1u << number);
    if (number != kPc || found) continue;
    if (place.how == How::kUndefined) return end(Ended::kOutermost);
    return missing();
  }
  // Where a thread's first function returns to, by custom.
  if (!after.Has(kPc) || after.values[kPc] == 0) return end(Ended::kOutermost);
  state.registers = after;
  state.returned = !rule.signal;
  return true;
}

Ended AddressSpace::Walk(WalkState& state, const StackBytes& stack, size_t limit, std::vector<uint64_t>& pcs, std::vector<uint64_t>& lookups) {
  for (;;) {
    uint64_t pc = state.registers.values[kPc];
    uint64_t lookup = state.returned ? pc - 1 : pc;
    pcs.push_back(pc);
    lookups.push_back(lookup);
    const MappedRange* range = Find(lookup);
    if (!range || !range->executable) return Ended::kNoCode;
    if (range->claimed) return Ended::kClaimed;
    if (!range->binary) return Ended::kNoCode;
    std::shared_ptr<const FrameRule> rule = range->binary->RuleAt(lookup - range->bias);
    if (!rule) return Ended::kNoInformation;
    if (pcs.size() >= limit) return Ended::kFrameLimit;
    Ended ended;
    if (!Step(*rule, state, stack, ended)) return ended;
  }
}
