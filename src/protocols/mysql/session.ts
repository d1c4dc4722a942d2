/** What both directions of one connection know of each other. */
import type { ParserContext } from '../protocol.js';
import type { Statement } from '../sql/statement.js';
import { Pending } from './pending.js';

const MAX_STATEMENTS = 1024;

export class Session {
  readonly pending: Pending;
  /** The client's next packet answers the greeting. */
  handshakeDue: boolean;
  serverCapabilities = 0;
  /** The login agreed on compression: nothing can be read after it. */
  compressed = false;
  /** The server asked for a file: the client's packets are its content, up to an empty one. */
  infile = false;
  opaque = false;
  /** COM_QUERY begins with the attributes of the query. */
  queryAttributes = false;
  /** Result sets have no EOF packets. Null until negotiated or inferred. */
  deprecateEof: boolean | null = null;
  /** Statement of the latest COM_STMT_PREPARE: MariaDB's clients execute it as -1 before they know its id. */
  latest: Statement | null = null;
  private readonly statements = new Map<number, Statement>();

  constructor(context: ParserContext, joined: boolean) {
    this.pending = new Pending(context, joined);
    this.handshakeDue = !joined;
  }

  statement(id: number): Statement | undefined {
    return id === 0xffffffff ? this.latest ?? undefined : this.statements.get(id);
  }

  remember(id: number, statement: Statement): void {
    this.statements.delete(id);
    if (this.statements.size >= MAX_STATEMENTS) {
      for (const oldest of this.statements.keys()) {
        this.statements.delete(oldest);
        break;
      }
    }
    this.statements.set(id, statement);
  }

  forget(id: number): void {
    this.statements.delete(id);
  }

  forgetAll(): void {
    this.statements.clear();
    this.latest = null;
  }
}
