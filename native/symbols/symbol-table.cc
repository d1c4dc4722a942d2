#include "symbol-table.h"

#include <algorithm>
#include <cstring>

namespace {

constexpr size_t kSymbolLimit = 4000000;
// How many symbols may begin between a function's start and an address in it (nested ones).
constexpr int kLookBack = 64;

void EachSymbol(Elf* elf, const std::function<bool(const GElf_Sym&, const char*)>& visit) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) return;
    if (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || header.sh_entsize == 0) continue;
    size_t count = std::min<size_t>(data->d_size / header.sh_entsize, kSymbolLimit);
    for (size_t i = 0; i < count; i++) {
      GElf_Sym symbol;
      if (!gelf_getsym(data, static_cast<int>(i), &symbol)) break;
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_name == 0) continue;
      const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
      if (name && *name && !visit(symbol, name)) return;
    }
  }
}

// Of several names for one address: the global one, with the fewest underscores in front.
uint8_t Rank(const GElf_Sym& symbol, const char* name) {
  uint8_t binding = GELF_ST_BIND(symbol.st_info) == STB_GLOBAL ? 0 : GELF_ST_BIND(symbol.st_info) == STB_WEAK ? 1 : 2;
  return static_cast<uint8_t>(binding * 8 + std::min<size_t>(std::strspn(name, "_"), 7));
}

}  // namespace

void SymbolTable::Add(Elf* elf) {
  EachSymbol(elf, [this](const GElf_Sym& symbol, const char* name) {
    int type = GELF_ST_TYPE(symbol.st_info);
    bool code = type == STT_FUNC || type == STT_GNU_IFUNC || (type == STT_NOTYPE && GELF_ST_BIND(symbol.st_info) != STB_LOCAL);
    if (!code || symbol.st_shndx == SHN_ABS) return true;
    symbols_.push_back({symbol.st_value, symbol.st_size, name, Rank(symbol, name)});
    return symbols_.size() < kSymbolLimit;
  });
  sorted_ = false;
}

void SymbolTable::Sort() {
  sorted_ = true;
  std::sort(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) {
    if (a.address != b.address) return a.address < b.address;
    if ((a.size == 0) != (b.size == 0)) return b.size == 0;
    if (a.rank != b.rank) return a.rank < b.rank;
    return std::strcmp(a.name, b.name) < 0;
  });
  symbols_.erase(std::unique(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) { return a.address == b.address; }), symbols_.end());
  symbols_.shrink_to_fit();
}

const Symbol* SymbolTable::At(uint64_t address, uint64_t function_start) {
  if (!sorted_) Sort();
  auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address, [](uint64_t wanted, const Symbol& symbol) { return wanted < symbol.address; });
  auto candidate = after;
  for (int i = 0; i < kLookBack && candidate != symbols_.begin(); i++) {
    --candidate;
    if (candidate->size > 0 && address - candidate->address < candidate->size) return &*candidate;
    if (candidate->size == 0 && i == 0 && function_start <= candidate->address) return &*candidate;
  }
  return nullptr;
}

void SymbolTable::WithPrefix(Elf* elf, const std::string& prefix, size_t limit, const std::function<void(const char*, uint64_t, uint64_t)>& found) {
  EachSymbol(elf, [&](const GElf_Sym& symbol, const char* name) {
    if (std::strncmp(name, prefix.c_str(), prefix.size()) != 0) return true;
    found(name, symbol.st_value, symbol.st_size);
    return --limit > 0;
  });
}
