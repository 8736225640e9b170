@rem "exec" of the scripts in package.json, with which npm passes its signals on; Windows has no such signals.
@%*
