
@abababababababababababababababababababababababababababababababab