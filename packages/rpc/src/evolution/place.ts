/** Where a comparison is: the path of a value, and whether reasons are reported. */

import { type Role, Sentences } from "./sentences.ts";

/** What the values of a whole schema are. */
export interface Subject {
  readonly role: Role;
  /** The path of the value: `prices.quote input`. */
  readonly path: string;
  /** What the path of a part starts with in a sentence: `input`. */
  readonly label: string;
  /** Starts a sentence about the whole value: `The input`. */
  readonly title: string;
}

export class Place {
  readonly subject: Subject;
  /** How deep in the value it is. */
  readonly level: number;
  /** Whether reasons are reported. They are not while alternatives are tried. */
  readonly reports: boolean;
  readonly #steps: string;

  private constructor(subject: Subject, steps: string, level: number, reports: boolean) {
    this.subject = subject;
    this.#steps = steps;
    this.level = level;
    this.reports = reports;
  }

  static of(subject: Subject): Place {
    return new Place(subject, "", 0, true);
  }

  get path(): string {
    return this.subject.path + this.#steps;
  }

  get say(): Sentences {
    const { role, title, label } = this.subject;
    return new Sentences(role, this.#steps === "" ? title : label + this.#steps);
  }

  property(name: string): Place {
    return this.#at(/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);
  }

  /** Any property that has no schema of its own, or any property's name. */
  properties(): Place {
    return this.#at(".*");
  }

  item(index?: number): Place {
    return this.#at(`[${index ?? ""}]`);
  }

  silently(): Place {
    return this.reports ? new Place(this.subject, this.#steps, this.level, false) : this;
  }

  #at(step: string): Place {
    return new Place(this.subject, this.#steps + step, this.level + 1, this.reports);
  }
}
