@rem Starts Poswatch: the program that lies beside this file, by the Node that lies there too.
@"%~dp0node.exe" --max-semi-space-size=4 "%~dp0app\code\commands.main.js" %*
