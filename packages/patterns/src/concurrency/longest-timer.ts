/** The longest delay that a Node timer keeps, in milliseconds: a longer one would fire at once. */
export const longestTimer = 2 ** 31 - 1;
