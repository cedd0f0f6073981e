"""The commands of ``tactful``, one module a group. They ask, call and show; they decide nothing."""
