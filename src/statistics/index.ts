/** blindsum/statistics: count, sum, mean, variance, histogram over all participants' records, without pooling them. */
export * from './plan.js';
export * from './vectors.js';
export * from './contribute.js';
