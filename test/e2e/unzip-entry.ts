import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

/** Signatures and offsets of the ZIP format (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16). */
const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** One file out of a ZIP archive, so that no unzip program is needed. */
export async function unzipEntry(archive: string, wanted: string): Promise<Buffer> {
  const zip = await readFile(archive);
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.readUInt32LE(end) !== END_SIGNATURE) throw new Error(`${archive} is no ZIP archive`);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < count && zip.readUInt32LE(at) === DIRECTORY_SIGNATURE; entry += 1) {
    const method = zip.readUInt16LE(at + 10);
    const packedBytes = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (name === wanted) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + packedBytes);
      if (method === STORED) return packed;
      if (method === DEFLATED) return inflateRawSync(packed);
      throw new Error(`${wanted} in ${archive} is packed with method ${method}, which isn't read here`);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`${archive} holds no ${wanted}`);
}
