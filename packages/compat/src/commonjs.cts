/** The module as `require` gives it where it can't load ES modules. */

import { zmq } from "./zmq.ts";

export = zmq;
