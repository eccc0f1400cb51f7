/** Random numbers of NumPy and PyTorch, to reproduce what published notebooks printed. */

const STATE = 624;
const SHIFT = 397;

/**
 * MT19937 and the ways in which NumPy's `rand` and PyTorch's `randn` (fewer than 16 numbers, CPU) use it.
 *
 * Source: Matsumoto & Nishimura 1998, https://doi.org/10.1145/272991.272995.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE);
  #index = STATE;
  #spare: number | undefined;

  /** Seeded as both libraries do it: by the generator's own multiplicative rule (`init_genrand`). */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < STATE; i++) {
      const previous = this.#state[i - 1]!;
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** 32 bits. */
  word(): number {
    if (this.#index === STATE) this.#twist();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** `numpy.random.rand`: 53 bits, 27 of one word and 26 of the next. */
  numpyUniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** `torch.randn(n)` for n < 16: Box and Muller in double precision from 53 bits of two words, high word first. */
  torchNormal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const u = this.#torchUniform();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#torchUniform()));
    this.#spare = radius * Math.sin(2 * Math.PI * u);
    return radius * Math.cos(2 * Math.PI * u);
  }

  #torchUniform(): number {
    const high = this.word() & (2 ** 21 - 1);
    const low = this.word();
    return (high * 2 ** 32 + low) / 2 ** 53;
  }

  #twist(): void {
    for (let i = 0; i < STATE; i++) {
      const mixed = (this.#state[i]! & 0x80000000) | (this.#state[(i + 1) % STATE]! & 0x7fffffff);
      const odd = mixed & 1 ? 0x9908b0df : 0;
      this.#state[i] = this.#state[(i + SHIFT) % STATE]! ^ (mixed >>> 1) ^ odd;
    }
    this.#index = 0;
  }
}
