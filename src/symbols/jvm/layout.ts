/** The fields of HotSpot that are read here, at the offsets which the JVM itself gives. JDK 17; what a version does not list makes `layoutOf` null. */
import type { PageMemory } from '../page-memory.js';
import type { VmStructs } from './vm-structs.js';

export interface Layout {
  codeCache: { heaps: number; lowBound: number; highBound: number };
  growableArray: { length: number; data: number };
  codeHeap: { memory: number; segmentMap: number; log2SegmentSize: number };
  virtualSpace: { low: number; high: number };
  heapBlock: { used: number; size: number };
  codeBlob: { name: number; frameComplete: number; frameSize: number; codeBegin: number; codeEnd: number };
  nmethod: { method: number; scopesData: number; metadata: number; scopesPcs: number; dependencies: number; deoptHandler: number; originalPc: number };
  pcDesc: { size: number; pcOffset: number; scopeOffset: number };
  method: { constMethod: number };
  constMethod: { constants: number; flags: number; codeSize: number; nameIndex: number; size: number };
  constantPool: { tags: number; holder: number; length: number; sourceFileIndex: number; size: number };
  tags: { data: number };
  klass: { name: number };
  symbol: { length: number; body: number };
  callStubReturn: number;
}

/** Other versions write their tables of inlined methods differently: better no names than wrong ones. */
export function isKnownVersion(structs: VmStructs, memory: PageMemory): boolean {
  return memory.u32(structs.address('Abstract_VM_Version', '_vm_major_version')) === 17;
}

export function layoutOf(structs: VmStructs): Layout | null {
  const at = (type: string, field: string) => structs.offset(type, field);
  const layout: Layout = {
    codeCache: { heaps: structs.address('CodeCache', '_heaps'), lowBound: structs.address('CodeCache', '_low_bound'), highBound: structs.address('CodeCache', '_high_bound') },
    growableArray: { length: at('GrowableArrayBase', '_len'), data: at('GrowableArray<int>', '_data') },
    codeHeap: { memory: at('CodeHeap', '_memory'), segmentMap: at('CodeHeap', '_segmap'), log2SegmentSize: at('CodeHeap', '_log2_segment_size') },
    virtualSpace: { low: at('VirtualSpace', '_low'), high: at('VirtualSpace', '_high') },
    heapBlock: { used: at('HeapBlock', '_header') + at('HeapBlock::Header', '_used'), size: structs.size('HeapBlock') },
    codeBlob: { name: at('CodeBlob', '_name'), frameComplete: at('CodeBlob', '_frame_complete_offset'), frameSize: at('CodeBlob', '_frame_size'), codeBegin: at('CodeBlob', '_code_begin'), codeEnd: at('CodeBlob', '_code_end') },
    nmethod: {
      method: at('CompiledMethod', '_method'), scopesData: at('CompiledMethod', '_scopes_data_begin'), metadata: at('nmethod', '_metadata_offset'), scopesPcs: at('nmethod', '_scopes_pcs_offset'),
      dependencies: at('nmethod', '_dependencies_offset'), deoptHandler: at('CompiledMethod', '_deopt_handler_begin'), originalPc: at('nmethod', '_orig_pc_offset'),
    },
    pcDesc: { size: structs.size('PcDesc'), pcOffset: at('PcDesc', '_pc_offset'), scopeOffset: at('PcDesc', '_scope_decode_offset') },
    method: { constMethod: at('Method', '_constMethod') },
    constMethod: { constants: at('ConstMethod', '_constants'), flags: at('ConstMethod', '_flags'), codeSize: at('ConstMethod', '_code_size'), nameIndex: at('ConstMethod', '_name_index'), size: structs.size('ConstMethod') },
    constantPool: { tags: at('ConstantPool', '_tags'), holder: at('ConstantPool', '_pool_holder'), length: at('ConstantPool', '_length'), sourceFileIndex: at('ConstantPool', '_source_file_name_index'), size: structs.size('ConstantPool') },
    tags: { data: at('Array<u1>', '_data') },
    klass: { name: at('Klass', '_name') },
    symbol: { length: at('Symbol', '_length'), body: at('Symbol', '_body') },
    callStubReturn: structs.address('StubRoutines', '_call_stub_return_address'),
  };
  const values = Object.values(layout).flatMap((group: number | Record<string, number>) => typeof group === 'number' ? [group] : Object.values(group));
  return values.every(Number.isFinite) ? layout : null;
}
