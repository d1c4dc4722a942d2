import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';
import './tokens.css';
import './base.css';
import { App } from './app.js';

createRoot(document.getElementById('root')!).render(<App />);
