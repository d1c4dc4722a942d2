#include "binary.h"

#include "demangle.h"

Binary::Binary(std::unique_ptr<ElfFile> file) : file_(std::move(file)), rules_(file_.get(), nullptr) {}

void Binary::UseDebug(std::unique_ptr<ElfFile> debug) {
  // What refers to the former one goes first.
  rules_.UseDebug(debug.get());
  symbols_ = SymbolTable();
  source_.reset();
  symbols_read_ = source_tried_ = false;
  debug_ = std::move(debug);
}

std::shared_ptr<const FrameRule> Binary::RuleAt(uint64_t address) {
  return file_->is_x86_64() ? rules_.At(address) : nullptr;
}

NamedAddress Binary::NameOf(uint64_t address, bool with_source) {
  if (!symbols_read_) {
    symbols_read_ = true;
    symbols_.Add(file_->elf());
    if (!debug_ && !file_->HasSection(".symtab", true)) packed_ = file_->Packed();
    for (ElfFile* other : {debug_.get(), packed_.get()})
      if (other) symbols_.Add(other->elf());
  }
  NamedAddress result;
  result.start = file_->FunctionStart(address);
  if (const Symbol* symbol = symbols_.At(address, result.start)) {
    result.name = Demangle(symbol->name);
    result.start = symbol->address;
  }
  if (!with_source) return result;
  if (!source_tried_) {
    source_tried_ = true;
    ElfFile* holder = file_->HasSection(".debug_info", true) || !debug_ ? file_.get() : debug_.get();
    if (holder->dwarf()) source_ = std::make_unique<DebugInfo>(holder->dwarf());
  }
  if (source_) result.places = source_->At(address);
  for (SourcePlace& place : result.places) place.function = Demangle(place.function.c_str());
  if (result.name.empty() && !result.places.empty()) result.name = result.places.back().function;
  return result;
}
