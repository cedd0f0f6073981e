"""The promises of Tactful, tested. Folders mirror the two packages; a file is named after the promise it guards."""
