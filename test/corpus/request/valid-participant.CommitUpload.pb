
@abababababababababababababababababababababababababababababababab¯
k‡xblindsum/v1/set-statementX žm‡é557),^ŸÐêyç¼®Zõ©qÌà˜~e±ëAX ®oÿ™T”ì>Ã´Ïdv³ÃálJh0ßAµ¬¢¢aqat@‚aTpÊŸÖc‘ˆÚñ3P»ãtðÍÌýÔ“2—ŒSlj8m3#ÀÞúý&§#mBoÖ·%¼8Evóš|¾