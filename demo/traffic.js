/** The ordinary traffic of the demo's shop: what share of requests goes where. `n` is a random number. */
export const traffic = [
  { share: 22, request: (n) => ({ path: `/products?page=${n % 20}` }) },
  { share: 40, request: (n) => ({ path: `/products/${1 + (n % 2000)}` }) },
  { share: 8, request: (n) => ({ path: `/search?q=${['lamp', 'chair', 'blue', 'oak', 'desk'][n % 5]}` }) },
  { share: 10, request: (n) => ({ method: 'POST', path: `/cart/${n % 200}`, body: { product: 1 + (n % 2000) } }) },
  { share: 8, request: (n) => ({ path: `/cart/${n % 200}` }) },
  { share: 4, request: (n) => ({ method: 'POST', path: '/checkout', body: { product: 2 + (n % 1999) } }) },
  { share: 3, request: (n) => ({ path: `/shipping/${['de', 'fr', 'nl', 'at'][n % 4]}` }) },
  { share: 5, request: () => ({ path: '/static/shop.css' }) },
];
