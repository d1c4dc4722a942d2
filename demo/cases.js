/**
 * What goes wrong in the demo's shop, on purpose, as data. Each case is a request (or a few, `afterMs` apart) that the
 * load generator sends every so many seconds beside the ordinary traffic; `shows` is what the page should say about it.
 */
export const cases = [
  {
    name: 'slow report',
    everySeconds: 6,
    requests: [{ path: '/reports/sales' }],
    status: 200,
    shows: 'PostgreSQL groups all order lines in more than half a second: waiting in one SELECT',
  },
  {
    name: 'slow search',
    everySeconds: 4,
    requests: [{ path: '/search?q=%25&deep=1' }],
    status: 200,
    shows: 'a search without index, then pg_sleep in the statement',
  },
  {
    name: 'row lock',
    everySeconds: 8,
    requests: [
      { method: 'POST', path: '/stock/1/recount' },
      { method: 'POST', path: '/checkout', body: { product: 1 }, afterMs: 60 },
      { method: 'POST', path: '/checkout', body: { product: 1 }, afterMs: 60 },
      { method: 'POST', path: '/checkout', body: { product: 1 }, afterMs: 120 },
    ],
    status: 200,
    shows: 'checkouts wait in SELECT ... FOR UPDATE for the row that the recount holds',
  },
  {
    name: 'slow Redis command',
    everySeconds: 9,
    requests: [{ path: '/ranking' }],
    status: 200,
    shows: 'SORT on a list of 200,000 keeps Redis busy; others on the same Redis wait too',
  },
  {
    name: 'Redis script',
    everySeconds: 13,
    requests: [{ path: '/ranking/recompute' }],
    status: 200,
    shows: 'EVAL of a Lua loop blocks Redis',
  },
  {
    name: 'double payment',
    everySeconds: 3,
    requests: [{ method: 'POST', path: '/payments', body: { order: 'A-1' } }],
    status: 409,
    shows: 'MariaDB answers error 1062, duplicate entry',
  },
  {
    name: 'unknown product',
    everySeconds: 2,
    requests: [{ path: '/products/999999' }],
    status: 404,
    shows: '404',
  },
  {
    name: 'broken voucher',
    everySeconds: 5,
    requests: [{ method: 'POST', path: '/vouchers', body: { code: 'SUMMER' } }],
    status: 500,
    shows: '500: PostgreSQL says that the table does not exist (42P01)',
  },
  {
    name: 'unknown carrier',
    everySeconds: 4,
    requests: [{ path: '/shipping/xx' }],
    status: 502,
    shows: 'the DNS server answers NXDOMAIN',
  },
  {
    name: 'slow name',
    everySeconds: 7,
    requests: [{ path: '/shipping/slow' }],
    status: 200,
    shows: 'the DNS answer takes 220 ms: its upstream is slow',
  },
  {
    name: 'export',
    everySeconds: 25,
    requests: [{ path: '/export' }],
    status: 200,
    shows: 'the export computes for 550 ms on the event loop; requests that came meanwhile wait for it',
  },
  {
    name: 'service down',
    everySeconds: 5,
    requests: [{ path: '/recommendations' }],
    status: 502,
    shows: 'nginx cannot connect: connection refused',
  },
  {
    name: 'reset',
    everySeconds: 10,
    requests: [{ path: '/chat' }],
    status: 502,
    shows: 'the service resets the connection in place of an answer',
  },
];
