// A file of machine code with all that is known of it. Shared by the processes that map it.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "debug-info.h"
#include "elf-file.h"
#include "frame-rules.h"
#include "symbol-table.h"

struct NamedAddress {
  // Readable; '' when the file does not name it.
  std::string name;
  // Of the function, in the file's addresses; 0 when not even that is known.
  uint64_t start = 0;
  // Innermost first, the last is the function itself.
  std::vector<SourcePlace> places;
};

class Binary {
 public:
  explicit Binary(std::unique_ptr<ElfFile> file);
  ElfFile& file() { return *file_; }
  ElfFile* debug() { return debug_.get(); }
  // A separate file with symbols or debug information of this very build.
  void UseDebug(std::unique_ptr<ElfFile> debug);
  std::shared_ptr<const FrameRule> RuleAt(uint64_t address);
  NamedAddress NameOf(uint64_t address, bool with_source);

 private:
  std::unique_ptr<ElfFile> file_, debug_, packed_;
  FrameRules rules_;
  SymbolTable symbols_;
  bool symbols_read_ = false;
  std::unique_ptr<DebugInfo> source_;
  bool source_tried_ = false;
};
