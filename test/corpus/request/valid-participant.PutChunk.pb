
@abababababababababababababababababababababababababababababababab¬(