// One ELF file, opened once and shared by every process that maps it. Its parts are read when they are first wanted.
#pragma once
#include <elfutils/libdw.h>
#include <gelf.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct Segment {
  uint64_t offset, address, file_size;
  bool executable, writable;
};

class ElfFile {
 public:
  // Null, with the reason in `error`, when it is no ELF file that can be read.
  static std::unique_ptr<ElfFile> Open(const std::string& path, std::string& error);
  static std::unique_ptr<ElfFile> FromBytes(std::vector<char> bytes, std::string& error);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;

  Elf* elf() const { return elf_; }
  bool is_x86_64() const { return x86_64_; }
  const std::string& build_id() const { return build_id_; }
  const std::string& debug_link() const { return debug_link_; }
  const std::vector<Segment>& segments() const { return segments_; }
  // The small ELF file with the symbols of a stripped one that Fedora and others pack into it (.gnu_debugdata); null when there is none.
  std::unique_ptr<ElfFile> Packed() const;
  bool HasSection(const char* name, bool with_bits) const;
  // What must be added to the file's addresses when its byte `offset` is mapped at `start`; false when no segment has it.
  bool Bias(uint64_t start, uint64_t offset, uint64_t& bias) const;
  // `length` bytes of data that is never written to, at an address of the file; null when there are none.
  const char* ReadOnly(uint64_t address, size_t length) const;
  // Start of the function that an unwinding entry says `address` lies in; 0 when there is none.
  uint64_t FunctionStart(uint64_t address);
  Dwarf* dwarf();

 private:
  ElfFile() = default;
  Elf_Scn* FindSection(const char* name, GElf_Shdr& header) const;
  bool Read(std::string& error);
  void ReadNotes();
  void ReadDebugLink();
  void FindFunctionTable();

  int fd_ = -1;
  std::vector<char> bytes_;
  Elf* elf_ = nullptr;
  Dwarf* dwarf_ = nullptr;
  bool dwarf_tried_ = false, table_tried_ = false, x86_64_ = false;
  const char* image_ = nullptr;
  size_t image_size_ = 0;
  std::string build_id_, debug_link_;
  std::vector<Segment> segments_;
  // .eh_frame_hdr's table of (function start, entry), relative to the header's address; sorted by the linker.
  const char* table_ = nullptr;
  size_t table_rows_ = 0;
  uint64_t table_base_ = 0;
};
