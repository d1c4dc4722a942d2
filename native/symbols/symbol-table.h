// Functions of a file by address, from .symtab and .dynsym.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "elf-file.h"

struct Symbol {
  uint64_t address, size;
  const char* name;
  uint8_t rank;
};

class SymbolTable {
 public:
  // Adds the tables of a file; names live as long as the file.
  void Add(Elf* elf);
  // The function that covers the address, or null. One without a size reaches to the next symbol, but not beyond `function_start`, where unwinding
  // entries say that another function begins (0: they say nothing).
  const Symbol* At(uint64_t address, uint64_t function_start);
  // Every symbol, data too, whose name begins with `prefix`, at most `limit`.
  static void WithPrefix(Elf* elf, const std::string& prefix, size_t limit, const std::function<void(const char*, uint64_t, uint64_t)>& found);

 private:
  void Sort();

  std::vector<Symbol> symbols_;
  bool sorted_ = true;
};
