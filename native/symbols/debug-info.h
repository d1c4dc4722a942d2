// Source lines and inlined functions of an address, from a file's DWARF.
#pragma once
#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

struct SourcePlace {
  // Mangled, or plain; '' when the debug information does not name it.
  std::string function;
  std::string file;
  int line = 0;
};

class DebugInfo {
 public:
  explicit DebugInfo(Dwarf* dwarf) : dwarf_(dwarf) {}
  // Innermost first: functions inlined there, last the one they are inlined into. Empty when nothing is known.
  std::vector<SourcePlace> At(uint64_t address);

 private:
  struct Range {
    uint64_t start, end;
    Dwarf_Off die;
  };
  using Ranges = std::vector<Range>;

  void FindUnits();
  const Ranges& FunctionsOf(Dwarf_Off unit, Dwarf_Die* die);
  void AddFunctions(Dwarf_Die* parent, Ranges& functions, int depth);
  void Descend(Dwarf_Die* parent, uint64_t address, std::vector<Dwarf_Die>& inlined, int depth);
  bool Spend();

  Dwarf* dwarf_;
  bool units_found_ = false;
  Ranges units_;
  // By unit; emptied when it has grown large.
  std::map<Dwarf_Off, Ranges> functions_;
  size_t functions_count_ = 0;
  // Entries that one look-up may still visit: debug information may have loops.
  uint64_t budget_ = 0;
};
