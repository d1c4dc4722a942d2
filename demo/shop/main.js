/** The shop's service: listens on 127.0.0.1:$PORT behind nginx. */
import { listProducts, search, showProduct } from './catalogue.js';
import { connectClients } from './clients.js';
import { createShopServer } from './http.js';
import { addToCart, checkout, pay, recountStock, redeemVoucher, showCart } from './orders.js';
import { exportAll, ranking, recomputeRanking, salesReport } from './reports.js';
import { shippingCost } from './shipping.js';

const routes = [
  ['GET', '/healthz', async () => ({ ok: true })],
  ['GET', '/products', listProducts],
  ['GET', '/products/:', showProduct],
  ['GET', '/search', search],
  ['GET', '/cart/:', showCart],
  ['POST', '/cart/:', addToCart],
  ['POST', '/checkout', checkout],
  ['POST', '/payments', pay],
  ['POST', '/stock/:/recount', recountStock],
  ['POST', '/vouchers', redeemVoucher],
  ['GET', '/shipping/:', shippingCost],
  ['GET', '/reports/sales', salesReport],
  ['GET', '/ranking', ranking],
  ['GET', '/ranking/recompute', recomputeRanking],
  ['GET', '/export', exportAll],
  ['GET', '/chat', async (_clients, { request }) => request.socket.resetAndDestroy()],
];

process.title = 'shop';
const clients = await connectClients(process.env);
createShopServer(routes, clients).listen(Number(process.env.PORT), '127.0.0.1');
