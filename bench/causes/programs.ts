/** Compiles the programs once, for all causes. */
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Workspace } from '../../test/servers/index.js';

const SOURCES = fileURLToPath(new URL('../../../bench/causes/programs', import.meta.url));
/** What Debian builds its packages with: optimised, no frame pointers; symbols are kept. */
const FLAGS = ['-O2', '-g1', '-fomit-frame-pointer', '-pthread', '-Wall', '-Wextra', '-Werror'];

export class Programs {
  private classes: Promise<string> | null = null;

  private constructor(private readonly directory: string) {}

  static async build(workspace: Workspace): Promise<Programs> {
    const programs = new Programs(join(workspace.directory, 'programs'));
    mkdirSync(programs.directory);
    await programs.compile('server', ['server.cc', 'http.cc']);
    await programs.compile('busy', ['busy.cc']);
    return programs;
  }

  /** The server under another name: services are told apart by the names of their programs. */
  native(name: string): string {
    return this.named('server', name);
  }

  busy(name: string): string {
    return this.named('busy', name);
  }

  /** A script of ours that Node runs. */
  script(name: string): string {
    return join(SOURCES, `${name}.js`);
  }

  /** The folder with the compiled Java classes. */
  java(): Promise<string> {
    return this.classes ??= this.compileJava();
  }

  private named(program: string, name: string): string {
    const path = join(this.directory, name);
    if (!existsSync(path)) copyFileSync(join(this.directory, program), path);
    chmodSync(path, 0o755);
    return path;
  }

  private async compile(name: string, sources: readonly string[]): Promise<void> {
    await run(['g++', ...FLAGS, '-o', join(this.directory, name), ...sources.map((source) => join(SOURCES, source))]);
  }

  private async compileJava(): Promise<string> {
    const classes = join(this.directory, 'classes');
    await run(['javac', '-g', '-d', classes, join(SOURCES, 'Service.java')]);
    return classes;
  }
}
