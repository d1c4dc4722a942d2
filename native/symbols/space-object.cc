#include "space-object.h"

#include <algorithm>

#include "binary-object.h"

namespace {

// Indexes into the state that walk() takes and changes; those of `WalkSlot` in src/symbols/addon.ts.
enum Slot : size_t { kKnown = kRegisters, kReturned, kStackStart, kFrames, kDetail, kSlots };
enum Flag : uint64_t { kExecutable = 1, kClaimed = 2 };
constexpr size_t kColumns = 4;

}  // namespace

Napi::Function SpaceObject::Define(Napi::Env env) {
  return DefineClass(env, "AddressSpace", {InstanceMethod<&SpaceObject::Set>("set"), InstanceMethod<&SpaceObject::Walk>("walk")});
}

// set(ranges, binaries): rows of (start, end, offset in the file, flags), and of each row its Binary or null.
void SpaceObject::Set(const Napi::CallbackInfo& info) {
  Napi::BigUint64Array rows = Words(info, 0);
  if (info.Length() < 2 || !info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "argument 1 must be an array");
  Napi::Array binaries = info[1].As<Napi::Array>();
  if (rows.ElementLength() != binaries.Length() * kColumns) throw Napi::RangeError::New(info.Env(), "four words for each binary");
  // Copied first: getting an element of the array may run code of the caller's.
  std::vector<uint64_t> words(rows.Data(), rows.Data() + rows.ElementLength());
  std::vector<MappedRange> ranges;
  for (size_t i = 0; i * kColumns < words.size(); i++) {
    const uint64_t* row = &words[i * kColumns];
    MappedRange range{row[0], row[1], 0, (row[3] & kExecutable) != 0, (row[3] & kClaimed) != 0, nullptr};
    if (range.start >= range.end || (!ranges.empty() && range.start < ranges.back().end)) throw Napi::RangeError::New(info.Env(), "ranges must be in order, and not overlap");
    Napi::Value value = binaries.Get(static_cast<uint32_t>(i));
    if (!value.IsNull()) {
      range.binary = BinaryObject::From(value);
      if (!range.binary->file().Bias(range.start, row[2], range.bias)) range.binary = nullptr;
    }
    ranges.push_back(std::move(range));
  }
  space_.Set(std::move(ranges));
}

// walk(state, stack bytes, pcs, look-ups): why it ended. Results are written to the arrays; how many: state[kFrames].
Napi::Value SpaceObject::Walk(const Napi::CallbackInfo& info) {
  Napi::BigUint64Array slots = Words(info, 0);
  Napi::Uint8Array bytes = Bytes(info, 1);
  Napi::BigUint64Array pcs = Words(info, 2);
  Napi::BigUint64Array lookups = Words(info, 3);
  if (slots.ElementLength() != kSlots) throw Napi::RangeError::New(info.Env(), "the state has the wrong size");
  if (pcs.ElementLength() == 0 || pcs.ElementLength() != lookups.ElementLength()) throw Napi::RangeError::New(info.Env(), "as many look-ups as pcs");
  WalkState state;
  std::copy(slots.Data(), slots.Data() + kRegisters, state.registers.values);
  state.registers.known = static_cast<uint32_t>(slots[kKnown]);
  state.returned = slots[kReturned] != 0;
  std::vector<uint64_t> found, addresses;
  Ended ended = space_.Walk(state, {slots[kStackStart], bytes.Data(), bytes.ByteLength()}, pcs.ElementLength(), found, addresses);
  std::copy(found.begin(), found.end(), pcs.Data());
  std::copy(addresses.begin(), addresses.end(), lookups.Data());
  std::copy(state.registers.values, state.registers.values + kRegisters, slots.Data());
  slots[kKnown] = state.registers.known;
  slots[kReturned] = state.returned;
  slots[kFrames] = found.size();
  slots[kDetail] = state.detail;
  return Napi::Number::New(info.Env(), static_cast<int>(ended));
}
