// Read by dependency-cruiser alone: '#crypto-backend' points into dist/ (package.json), the rules are about sources.
const { resolve } = require('node:path');

module.exports = {
  resolve: { alias: { '#crypto-backend': resolve('crypto/backend/node.ts') } },
};
