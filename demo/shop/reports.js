/** What is heavy: reports, rankings, the export. */

export async function salesReport({ postgres }) {
  const sql = `SELECT p.name, count(*) AS lines, sum(l.quantity * p.price) AS revenue, count(DISTINCT md5(l.id::text || p.name)) AS distinct_lines
    FROM order_lines l JOIN products p ON p.id = l.product_id GROUP BY p.name ORDER BY revenue DESC LIMIT 10`;
  return (await postgres.query(sql)).rows;
}

export async function ranking({ redis }) {
  return redis.sort('sold', { DIRECTION: 'DESC', ALPHA: true, LIMIT: { offset: 0, count: 10 } });
}

export async function recomputeRanking({ redis }) {
  const script = 'local sum = 0 for i = 1, tonumber(ARGV[1]) do sum = (sum * 31 + i) % 65521 end return sum';
  return { checksum: await redis.eval(script, { keys: [], arguments: ['6000000'] }) };
}

/** Computes on the event loop, as careless exports do: nobody else is served meanwhile. */
export async function exportAll({ postgres }) {
  const { rows } = await postgres.query('SELECT id, name, price FROM products ORDER BY id');
  const end = Date.now() + 550;
  let lines = [];
  while (Date.now() < end) lines = rows.map((row) => `${row.id};"${String(row.name).replaceAll('"', '""')}";${Number(row.price).toFixed(2)}`);
  return lines.join('\n');
}
