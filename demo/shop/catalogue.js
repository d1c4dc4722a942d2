/** Product list, product page, search. */
import { notFound } from './http.js';

const pageSize = 20;

export async function listProducts({ postgres, redis }, { query }) {
  const page = Number(query.get('page') ?? 0);
  const cached = await redis.get(`page:${page}`);
  if (cached) return JSON.parse(cached);
  const { rows } = await postgres.query('SELECT id, name, price FROM products ORDER BY id LIMIT $1 OFFSET $2', [pageSize, page * pageSize]);
  await redis.set(`page:${page}`, JSON.stringify(rows), { EX: 2 });
  return rows;
}

export async function showProduct({ postgres, mariadb, redis }, { parameter }) {
  const id = Number(parameter);
  const [found, [reviews]] = await Promise.all([
    postgres.query({ name: 'product', text: 'SELECT id, name, price, description FROM products WHERE id = $1', values: [id] }),
    mariadb.execute('SELECT stars, text FROM reviews WHERE product_id = ? ORDER BY id DESC LIMIT 5', [id]),
  ]);
  if (found.rows.length === 0) throw notFound(`no product ${id}`);
  const views = await redis.hIncrBy('views', String(id), 1);
  return { ...found.rows[0], views, reviews };
}

export async function search({ postgres }, { query }) {
  const pattern = `%${query.get('q') ?? ''}%`;
  const sql = query.has('deep')
    ? 'SELECT id, name FROM products, pg_sleep(0.55) WHERE description ILIKE $1 ORDER BY name LIMIT 20'
    : 'SELECT id, name FROM products WHERE name ILIKE $1 ORDER BY name LIMIT 20';
  return (await postgres.query(sql, [pattern])).rows;
}
