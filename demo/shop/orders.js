/** Cart, checkout, payments, stock. */
import { conflict, notFound } from './http.js';

export async function showCart({ redis }, { parameter }) {
  return { user: parameter, items: await redis.hGetAll(`cart:${parameter}`) };
}

export async function addToCart({ redis }, { parameter, body }) {
  const key = `cart:${parameter}`;
  const [count] = await redis.multi().hIncrBy(key, String(body.product), 1).expire(key, 600).exec();
  return { user: parameter, product: body.product, count };
}

/** One transaction over the stock row, then the payment in the other database. */
export async function checkout({ postgres, mariadb }, { body }) {
  const order = await inTransaction(postgres, async (connection) => {
    const { rows } = await connection.query('SELECT amount FROM stock WHERE product_id = $1 FOR UPDATE', [body.product]);
    if (rows.length === 0) throw notFound(`no product ${body.product}`);
    await connection.query('UPDATE stock SET amount = amount - 1 WHERE product_id = $1', [body.product]);
    const inserted = await connection.query('INSERT INTO orders (product_id, placed) VALUES ($1, now()) RETURNING id', [body.product]);
    return inserted.rows[0].id;
  });
  await mariadb.execute('INSERT INTO payments (order_number, cents) VALUES (?, ?)', [`B-${order}`, 1999]);
  return { order };
}

export async function pay({ mariadb }, { body }) {
  try {
    await mariadb.query('INSERT INTO payments (order_number, cents) VALUES (?, ?)', [body.order, 1999]);
  } catch (error) {
    throw conflict(error.message);
  }
  return { paid: body.order };
}

/** Holds the row while it counts. */
export async function recountStock({ postgres }, { parameter }) {
  return inTransaction(postgres, async (connection) => {
    const { rows } = await connection.query('UPDATE stock SET amount = 100000 WHERE product_id = $1 RETURNING amount', [Number(parameter)]);
    await connection.query('SELECT pg_sleep(0.7)');
    return rows[0] ?? {};
  });
}

export async function redeemVoucher({ postgres }, { body }) {
  return (await postgres.query('SELECT percent FROM vouchers WHERE code = $1', [body.code])).rows;
}

async function inTransaction(pool, work) {
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK');
    throw error;
  } finally {
    connection.release();
  }
}
