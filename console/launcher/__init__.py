"""`make run`: one parent process that starts and stops database, broker, worker and web server.

Nothing here knows Django: the console is started as programs, with its settings in the environment.
"""
