import { unwiredError, type WiredError } from '#lib/threads/wired-error';

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** What another thread was asked and has not answered yet, by numbers of which no two are the same. */
export class Questions<Question, Answer> {
  readonly #waiting = new Map<number, Waiting<Question, Answer>>();
  #last = 0;

  /** Sends a question under a number of its own. Resolves to the answer; rejects with what the other thread failed with. */
  ask(question: Question, send: (id: number) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { question, resolve, reject });
      send(id);
    });
  }

  /** Undefined: it has been answered. */
  asked(id: number): Question | undefined {
    return this.#waiting.get(id)?.question;
  }

  answered(id: number, answer: Answer): void {
    this.#take(id)?.resolve(answer);
  }

  failed(id: number, error: WiredError): void {
    this.#take(id)?.reject(unwiredError(error));
  }

  /** Nobody answers any more. */
  abandon(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #take(id: number): Waiting<Question, Answer> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
