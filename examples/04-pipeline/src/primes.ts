/** The work: counts primes. */

/** The number of primes from `from` to `from + length - 1`. */
export function countPrimes(from: number, length: number): number {
  let count = 0;
  for (let number = from; number < from + length; number++) if (isPrime(number)) count += 1;
  return count;
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}
