#include "debug-info.h"

#include <dwarf.h>

#include <algorithm>

namespace {

constexpr uint64_t kVisitLimit = 3000000;
constexpr size_t kFunctionsKept = 1000000, kRangesOfOne = 100000;
constexpr int kDepthLimit = 64;

void AddRanges(Dwarf_Die* die, std::vector<std::pair<uint64_t, uint64_t>>& ranges) {
  Dwarf_Addr base, start, end;
  ptrdiff_t offset = 0;
  while (ranges.size() < kRangesOfOne && (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0)
    if (start < end) ranges.emplace_back(start, end);
}

template <typename Rows>
Dwarf_Off Find(const Rows& rows, uint64_t address) {
  auto after = std::upper_bound(rows.begin(), rows.end(), address, [](uint64_t wanted, const auto& row) { return wanted < row.start; });
  // Ranges seldom overlap: those that begin last win.
  for (int i = 0; i < 8 && after != rows.begin(); i++) {
    --after;
    if (address < after->end) return after->die;
  }
  return 0;
}

const char* NameOf(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (unsigned int name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
    const char* text = dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
    if (text) return text;
  }
  return "";
}

int Value(Dwarf_Die* die, unsigned int name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value;
  if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value)) return 0;
  return value > 0x7fffffff ? 0 : static_cast<int>(value);
}

std::string FileOf(Dwarf_Die* unit, int index) {
  Dwarf_Files* files;
  size_t count;
  if (dwarf_getsrcfiles(unit, &files, &count) || index < 0 || static_cast<size_t>(index) >= count) return "";
  const char* name = dwarf_filesrc(files, index, nullptr, nullptr);
  return name ? name : "";
}

}  // namespace

bool DebugInfo::Spend() {
  if (budget_ == 0) return false;
  budget_--;
  return true;
}

void DebugInfo::FindUnits() {
  units_found_ = true;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (Spend() && dwarf_get_units(dwarf_, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    if (dwarf_tag(&die) != DW_TAG_compile_unit) continue;
    std::vector<std::pair<uint64_t, uint64_t>> ranges;
    AddRanges(&die, ranges);
    for (auto& [start, end] : ranges) units_.push_back({start, end, dwarf_dieoffset(&die)});
  }
  std::sort(units_.begin(), units_.end(), [](const Range& a, const Range& b) { return a.start < b.start; });
}

// Functions stand in the unit, or in its namespaces, classes and modules.
void DebugInfo::AddFunctions(Dwarf_Die* parent, Ranges& functions, int depth) {
  Dwarf_Die child;
  if (depth > kDepthLimit || dwarf_child(parent, &child)) return;
  do {
    if (!Spend()) return;
    switch (dwarf_tag(&child)) {
      case DW_TAG_subprogram: {
        std::vector<std::pair<uint64_t, uint64_t>> ranges;
        AddRanges(&child, ranges);
        for (auto& [start, end] : ranges) functions.push_back({start, end, dwarf_dieoffset(&child)});
        break;
      }
      case DW_TAG_namespace: case DW_TAG_module: case DW_TAG_class_type: case DW_TAG_structure_type: case DW_TAG_union_type:
        AddFunctions(&child, functions, depth + 1);
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

const DebugInfo::Ranges& DebugInfo::FunctionsOf(Dwarf_Off unit, Dwarf_Die* die) {
  auto found = functions_.find(unit);
  if (found != functions_.end()) return found->second;
  if (functions_count_ > kFunctionsKept) {
    functions_.clear();
    functions_count_ = 0;
  }
  Ranges& functions = functions_[unit];
  AddFunctions(die, functions, 0);
  std::sort(functions.begin(), functions.end(), [](const Range& a, const Range& b) { return a.start < b.start; });
  functions_count_ += functions.size();
  return functions;
}

void DebugInfo::Descend(Dwarf_Die* parent, uint64_t address, std::vector<Dwarf_Die>& inlined, int depth) {
  Dwarf_Die child;
  if (depth > kDepthLimit || dwarf_child(parent, &child)) return;
  do {
    if (!Spend()) return;
    int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) continue;
    if (dwarf_haspc(&child, address) <= 0) continue;
    if (tag == DW_TAG_inlined_subroutine) inlined.push_back(child);
    Descend(&child, address, inlined, depth + 1);
    return;
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::vector<SourcePlace> DebugInfo::At(uint64_t address) {
  budget_ = kVisitLimit;
  if (!units_found_) FindUnits();
  std::vector<SourcePlace> places;
  Dwarf_Die unit, function;
  Dwarf_Off offset = Find(units_, address);
  if (offset == 0 || !dwarf_offdie(dwarf_, offset, &unit)) return places;
  SourcePlace here;
  if (Dwarf_Line* line = dwarf_getsrc_die(&unit, address)) {
    const char* file = dwarf_linesrc(line, nullptr, nullptr);
    if (file) here.file = file;
    dwarf_lineno(line, &here.line);
  }
  std::vector<Dwarf_Die> inlined;
  Dwarf_Off function_offset = Find(FunctionsOf(offset, &unit), address);
  if (function_offset == 0 || !dwarf_offdie(dwarf_, function_offset, &function)) {
    if (!here.file.empty()) places.push_back(here);
    return places;
  }
  Descend(&function, address, inlined, 0);
  for (auto die = inlined.rbegin(); die != inlined.rend(); ++die) {
    here.function = NameOf(&*die);
    places.push_back(here);
    here.file = FileOf(&unit, Value(&*die, DW_AT_call_file));
    here.line = Value(&*die, DW_AT_call_line);
  }
  here.function = NameOf(&function);
  places.push_back(here);
  return places;
}
