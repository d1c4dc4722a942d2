// Stack copies to return addresses, by call frame information alone: where there is none the walk ends and says why.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "binary.h"

struct MappedRange {
  uint64_t start, end, bias;
  bool executable;
  // A runtime of its own unwinds the code in it.
  bool claimed;
  std::shared_ptr<Binary> binary;
};

// Numbers are those of `Ended` in src/symbols/addon.ts.
enum class Ended : int {
  kOutermost = 0,      // the frame has no caller: the stack is whole
  kNoCode = 1,         // pc in no file: JIT code, or nonsense
  kClaimed = 2,        // pc in code of a runtime
  kNoInformation = 3,  // the file says nothing about this pc
  kNoMemory = 4,       // a word is needed that is not in the copy: `detail` is its address
  kNoRegister = 5,     // a register is needed that was not recorded
  kNoProgress = 6,     // the caller's frame would not lie further up
  kFrameLimit = 7,
};

struct StackBytes {
  uint64_t start;
  const uint8_t* bytes;
  size_t length;
};

struct WalkState {
  Registers registers;
  // The pc is a return address: its call lies before it.
  bool returned = false;
  uint64_t detail = 0;
};

class AddressSpace {
 public:
  // Sorted by start, not overlapping.
  void Set(std::vector<MappedRange> ranges) { ranges_ = std::move(ranges); }
  const MappedRange* Find(uint64_t address) const;
  bool Read(const StackBytes& stack, uint64_t address, uint64_t& value) const;
  // Appends pcs, and the addresses to look them up by, until the walk ends; `state` is then that of the frame it ended in, whose pc was appended.
  Ended Walk(WalkState& state, const StackBytes& stack, size_t limit, std::vector<uint64_t>& pcs, std::vector<uint64_t>& lookups);

 private:
  // To the caller's frame; false: there is none to go to, and `ended` says why.
  bool Step(const FrameRule& rule, WalkState& state, const StackBytes& stack, Ended& ended) const;

  std::vector<MappedRange> ranges_;
};
