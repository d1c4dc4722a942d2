/** dist/ui/profile-file.html: one profile's page with all its scripts and styles inside; whoever saves a profile puts the data in. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but these very scripts and styles may run or load: data that became markup would be dead. */
const policy = (script: string, style: string): string => `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)}; img-src data:; base-uri 'none'; form-action 'none'`;

function inlined(): Plugin {
  return {
    name: 'inline-everything',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['profile-file.html'];
      const parts = Object.values(bundle).filter((one) => one !== page);
      const script = parts.map((one) => (one.type === 'chunk' ? one.code : '')).join('').replaceAll('</script', '<\\/script');
      const style = parts.map((one) => (one.type === 'asset' && one.fileName.endsWith('.css') ? String(one.source) : '')).join('');
      if (page?.type !== 'asset' || script === '' || style === '' || parts.length !== 2) throw new Error(`one script and one style are expected, there are ${parts.map((one) => one.fileName).join(', ')}`);
      if (script.includes('<!--')) throw new Error('the script holds a comment by HTML\'s rules');
      for (const one of parts) delete bundle[one.fileName];
      // Functions as replacements: `$&` in a script is no pattern.
      page.source = String(page.source)
        .replace(/\s*<script type="module"[^>]*><\/script>/, '').replace(/\s*<link rel="stylesheet"[^>]*>/, '')
        .replace('<head>', () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy(script, style)}" />`)
        .replace('</head>', () => `<style>${style}</style></head>`)
        .replace('</body>', () => `<script type="module">${script}</script></body>`);
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  plugins: [react(), inlined()],
  build: {
    outDir: fileURLToPath(new URL('../dist/ui', import.meta.url)),
    emptyOutDir: false,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { input: fileURLToPath(new URL('profile-file.html', import.meta.url)) },
  },
});
