/**
 * CRC-32C (Castagnoli), which TFRecord files check their records with.
 *
 * Source: RFC 3720, appendix B.4 (polynomial and test vectors).
 */

/** x^32 + x^28 + x^27 + ... + 1 with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  }
  return remainder;
});

/** Checksum in [0, 2^32). */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = table[(remainder ^ byte) & 255]! ^ (remainder >>> 8);
  return ~remainder >>> 0;
}

/**
 * The checksum as TFRecord stores it, rotated and with a constant added: so a checksum of data that
 * holds checksums is no special case.
 *
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details".
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
