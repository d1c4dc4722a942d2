#include "elf-file.h"

#include <dwarf.h>
#include <fcntl.h>
#include <lzma.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace {

constexpr size_t kSegmentLimit = 256, kUnpackLimit = 128 << 20;

std::string Hex(const unsigned char* bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < length; i++) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

int32_t Signed32(const char* at) {
  int32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

std::unique_ptr<ElfFile> ElfFile::Open(const std::string& path, std::string& error) {
  std::unique_ptr<ElfFile> file(new ElfFile());
  // Not blocking: a path that has become a named pipe must not hold us up.
  file->fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd_ < 0) {
    error = std::strerror(errno);
    return nullptr;
  }
  file->elf_ = elf_begin(file->fd_, ELF_C_READ_MMAP, nullptr);
  return file->Read(error) ? std::move(file) : nullptr;
}

std::unique_ptr<ElfFile> ElfFile::FromBytes(std::vector<char> bytes, std::string& error) {
  std::unique_ptr<ElfFile> file(new ElfFile());
  file->bytes_ = std::move(bytes);
  file->elf_ = elf_memory(file->bytes_.data(), file->bytes_.size());
  return file->Read(error) ? std::move(file) : nullptr;
}

ElfFile::~ElfFile() {
  if (dwarf_) dwarf_end(dwarf_);
  if (elf_) elf_end(elf_);
  if (fd_ >= 0) close(fd_);
}

bool ElfFile::Read(std::string& error) {
  GElf_Ehdr header;
  size_t count = 0;
  if (!elf_ || elf_kind(elf_) != ELF_K_ELF || !gelf_getehdr(elf_, &header) || elf_getphdrnum(elf_, &count)) {
    error = "not an ELF file";
    return false;
  }
  x86_64_ = header.e_machine == EM_X86_64 && gelf_getclass(elf_) == ELFCLASS64;
  image_ = elf_rawfile(elf_, &image_size_);
  for (size_t i = 0; i < count && i < kSegmentLimit; i++) {
    GElf_Phdr segment;
    if (!gelf_getphdr(elf_, i, &segment)) break;
    if (segment.p_type != PT_LOAD) continue;
    segments_.push_back({segment.p_offset, segment.p_vaddr, segment.p_filesz, (segment.p_flags & PF_X) != 0, (segment.p_flags & PF_W) != 0});
  }
  ReadNotes();
  ReadDebugLink();
  return true;
}

void ElfFile::ReadNotes() {
  size_t count = 0;
  if (elf_getphdrnum(elf_, &count)) return;
  for (size_t i = 0; i < count && i < kSegmentLimit && build_id_.empty(); i++) {
    GElf_Phdr segment;
    if (!gelf_getphdr(elf_, i, &segment)) return;
    if (segment.p_type != PT_NOTE) continue;
    Elf_Data* data = elf_getdata_rawchunk(elf_, segment.p_offset, segment.p_filesz, segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    GElf_Nhdr note;
    size_t offset = 0, name, content;
    while (data && (offset = gelf_getnote(data, offset, &note, &name, &content)) > 0) {
      const char* base = static_cast<const char*>(data->d_buf);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(base + name, "GNU", 4) == 0 && note.n_descsz <= 64) {
        build_id_ = Hex(reinterpret_cast<const unsigned char*>(base) + content, note.n_descsz);
        break;
      }
    }
  }
}

Elf_Scn* ElfFile::FindSection(const char* wanted, GElf_Shdr& header) const {
  size_t strings;
  if (elf_getshdrstrndx(elf_, &strings)) return nullptr;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
    if (!gelf_getshdr(section, &header)) return nullptr;
    const char* name = elf_strptr(elf_, strings, header.sh_name);
    if (name && std::strcmp(name, wanted) == 0) return section;
  }
  return nullptr;
}

void ElfFile::ReadDebugLink() {
  GElf_Shdr header;
  Elf_Scn* section = FindSection(".gnu_debuglink", header);
  Elf_Data* data = section ? elf_rawdata(section, nullptr) : nullptr;
  if (data && data->d_buf && std::memchr(data->d_buf, 0, data->d_size)) debug_link_ = static_cast<const char*>(data->d_buf);
}

bool ElfFile::HasSection(const char* wanted, bool with_bits) const {
  GElf_Shdr header;
  return FindSection(wanted, header) && (!with_bits || header.sh_type != SHT_NOBITS);
}

std::unique_ptr<ElfFile> ElfFile::Packed() const {
  GElf_Shdr header;
  Elf_Scn* section = FindSection(".gnu_debugdata", header);
  Elf_Data* data = section ? elf_rawdata(section, nullptr) : nullptr;
  if (!data || !data->d_buf) return nullptr;
  uint64_t memory = kUnpackLimit;
  // The largest a file may become: a few kilobytes can hold gigabytes.
  for (size_t size = data->d_size * 4; size <= kUnpackLimit; size *= 4) {
    std::vector<char> bytes(size);
    size_t in = 0, out = 0;
    lzma_ret result = lzma_stream_buffer_decode(&memory, 0, nullptr, static_cast<const uint8_t*>(data->d_buf), &in, data->d_size,
                                                reinterpret_cast<uint8_t*>(bytes.data()), &out, bytes.size());
    if (result == LZMA_BUF_ERROR) continue;
    if (result != LZMA_OK) return nullptr;
    bytes.resize(out);
    std::string error;
    return FromBytes(std::move(bytes), error);
  }
  return nullptr;
}

bool ElfFile::Bias(uint64_t start, uint64_t offset, uint64_t& bias) const {
  // The kernel maps whole pages: the mapping may begin before the segment's first byte.
  constexpr uint64_t kPage = 4096;
  for (const Segment& segment : segments_) {
    uint64_t first = segment.offset & ~(kPage - 1);
    if (offset < first || offset - first >= segment.file_size + (segment.offset - first)) continue;
    bias = start - (offset - segment.offset + segment.address);
    return true;
  }
  return false;
}

const char* ElfFile::ReadOnly(uint64_t address, size_t length) const {
  for (const Segment& segment : segments_) {
    if (segment.writable || address < segment.address) continue;
    uint64_t inside = address - segment.address;
    if (inside >= segment.file_size || length > segment.file_size - inside) continue;
    if (!image_ || segment.offset > image_size_ || inside > image_size_ - segment.offset || length > image_size_ - segment.offset - inside) return nullptr;
    return image_ + segment.offset + inside;
  }
  return nullptr;
}

// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/ehframechpt.html, as GNU ld and lld write it.
void ElfFile::FindFunctionTable() {
  table_tried_ = true;
  size_t count = 0;
  if (elf_getphdrnum(elf_, &count)) return;
  for (size_t i = 0; i < count && i < kSegmentLimit; i++) {
    GElf_Phdr segment;
    if (!gelf_getphdr(elf_, i, &segment) || segment.p_type != PT_GNU_EH_FRAME) continue;
    const char* header = ReadOnly(segment.p_vaddr, 12);
    if (!header || header[0] != 1 || static_cast<unsigned char>(header[1]) != (DW_EH_PE_pcrel | DW_EH_PE_sdata4) ||
        header[2] != DW_EH_PE_udata4 || static_cast<unsigned char>(header[3]) != (DW_EH_PE_datarel | DW_EH_PE_sdata4))
      return;
    size_t rows = static_cast<uint32_t>(Signed32(header + 8));
    table_ = ReadOnly(segment.p_vaddr + 12, rows * 8);
    table_rows_ = table_ ? rows : 0;
    table_base_ = segment.p_vaddr;
    return;
  }
}

uint64_t ElfFile::FunctionStart(uint64_t address) {
  if (!table_tried_) FindFunctionTable();
  size_t low = 0, high = table_rows_;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table_base_ + Signed32(table_ + middle * 8) <= address) low = middle + 1;
    else high = middle;
  }
  return low == 0 ? 0 : table_base_ + Signed32(table_ + (low - 1) * 8);
}

Dwarf* ElfFile::dwarf() {
  if (!dwarf_tried_) {
    dwarf_tried_ = true;
    dwarf_ = dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
  }
  return dwarf_;
}
