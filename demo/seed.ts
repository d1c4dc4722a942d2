/** The shop's data. Small enough to be made in a second, large enough for slow queries. */
import { mariadbCli, psql, redisCli } from '../test/servers/index.js';

const postgresSql = `
  CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(8,2) NOT NULL, description text NOT NULL);
  INSERT INTO products SELECT n, (ARRAY['blue','oak','small','old','steel'])[1 + n % 5] || ' ' || (ARRAY['lamp','chair','desk','shelf'])[1 + n % 4] || ' ' || n,
    5 + n % 300, repeat('A well made thing for every room. ', 8) FROM generate_series(1, 2000) n;
  CREATE TABLE stock (product_id int PRIMARY KEY, amount int NOT NULL);
  INSERT INTO stock SELECT n, 100000 FROM generate_series(1, 2000) n;
  CREATE TABLE orders (id bigserial PRIMARY KEY, product_id int NOT NULL, placed timestamptz NOT NULL);
  CREATE TABLE order_lines (id int, product_id int NOT NULL, quantity int NOT NULL);
  INSERT INTO order_lines SELECT n, 1 + n % 2000, 1 + n % 4 FROM generate_series(1, 400000) n;
  ANALYZE;`;

const mariadbSql = `
  CREATE DATABASE shop; USE shop;
  CREATE USER shop@'127.0.0.1' IDENTIFIED BY 'shop'; GRANT ALL ON shop.* TO shop@'127.0.0.1';
  CREATE TABLE reviews (id int AUTO_INCREMENT PRIMARY KEY, product_id int NOT NULL, stars int NOT NULL, text varchar(200) NOT NULL, KEY (product_id));
  INSERT INTO reviews (product_id, stars, text) SELECT 1 + seq % 2000, 1 + seq % 5, 'Does what it should.' FROM seq_1_to_10000;
  CREATE TABLE payments (order_number varchar(32) PRIMARY KEY, cents int NOT NULL);
  INSERT INTO payments VALUES ('A-1', 1999);`;

/** A list of 200,000 numbers: sorting it takes Redis more than 100 ms. */
const redisScript = "math.randomseed(7) for i = 1, 200 do local part = {} for j = 1, 1000 do part[j] = math.random(1, 9999999) end redis.call('RPUSH', 'sold', unpack(part)) end return 'OK'";

export async function seed(ports: { postgres: number; mariadb: number; redis: number }): Promise<void> {
  await Promise.all([
    psql(ports.postgres, postgresSql),
    mariadbCli(ports.mariadb, mariadbSql),
    redisCli(ports.redis, ['EVAL', redisScript, '0']),
  ]);
}
