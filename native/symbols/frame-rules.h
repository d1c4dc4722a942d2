// How a function's caller is found at a given pc: the row of DWARF's call frame information, in a form that is quick to apply.
#pragma once
#include <elfutils/libdw.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "elf-file.h"

// x86-64: DWARF numbers 0..15 (rax rdx rcx rbx rsi rdi rbp rsp r8..r15), 16 the return address.
constexpr int kRegisters = 17, kRbp = 6, kRsp = 7, kPc = 16;

struct Registers {
  uint64_t values[kRegisters] = {};
  uint32_t known = 0;
  bool Has(int number) const { return number >= 0 && number < kRegisters && (known >> number & 1); }
  void Set(int number, uint64_t value) {
    values[number] = value;
    known |= 1u << number;
  }
};

// Reads a word of the traced process's memory as it was; false when it is not known.
using ReadWord = std::function<bool(uint64_t address, uint64_t& value)>;

enum class How : uint8_t { kUndefined, kAtCfa, kCfaPlus, kRegister, kExpression, kValueExpression };

struct Place {
  How how = How::kUndefined;
  int number = 0;      // kRegister
  int64_t offset = 0;  // kAtCfa, kCfaPlus, kRegister
  std::vector<Dwarf_Op> operations;
};

struct FrameRule {
  bool signal = false;
  Place cfa;
  // Of registers that this function may have changed. The others are the caller's still.
  std::vector<std::pair<int, Place>> places;
};

// Runs a DWARF expression. False when it needs what is not known, or is not one.
bool Evaluate(const std::vector<Dwarf_Op>& operations, const Registers& registers, const uint64_t* cfa, const ReadWord& read, uint64_t& result);

// The rules of one file, kept by pc. Belongs to one thread.
class FrameRules {
 public:
  // `debug`: the file with its debug information, or null.
  FrameRules(ElfFile* file, ElfFile* debug) : file_(file), debug_(debug) {}
  ~FrameRules();
  // Null when the file says nothing about this address.
  std::shared_ptr<const FrameRule> At(uint64_t address);
  void UseDebug(ElfFile* debug);

 private:
  std::shared_ptr<const FrameRule> Find(uint64_t address);

  ElfFile* file_;
  ElfFile* debug_;
  Dwarf_CFI* exceptions_ = nullptr;
  bool opened_ = false;
  std::unordered_map<uint64_t, std::shared_ptr<const FrameRule>> rules_;
};
